"""Columns that nothing read: whom a mail goes to is in its content, and a decision has one report."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0020_text_lengths")]

    operations = [
        # A default first, so that the way back finds one.
        migrations.AlterField("outgoingmail", "recipients", models.JSONField(default=list)),
        migrations.RemoveField("outgoingmail", "recipients"),
        migrations.RemoveConstraint("printorder", "print_order_unique"),
        migrations.AlterField("printorder", "kind", models.CharField(default="evaluation_report", max_length=20)),
        migrations.RemoveField("printorder", "kind"),
        migrations.AddConstraint("printorder", models.UniqueConstraint(fields=["decision"], name="print_order_unique")),
    ]
