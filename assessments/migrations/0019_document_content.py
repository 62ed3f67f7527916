"""What was printed is kept as it was hashed, and a document has a code that cannot be guessed."""

import django.db.models.deletion
from django.db import migrations, models

from assessments.domain.codes import new_code

FROZEN = """
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON assessments_documentcontent
    FOR EACH ROW EXECUTE FUNCTION jalon_refuse_change();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON assessments_documentcontent
    FOR EACH STATEMENT EXECUTE FUNCTION jalon_refuse_change();
"""
THAWED = """
DROP TRIGGER frozen ON assessments_documentcontent;
DROP TRIGGER not_emptied ON assessments_documentcontent;
"""


def give_codes(apps, schema_editor):
    """Documents issued before get a code too, which their paper does not bear."""
    documents = apps.get_model("assessments", "Document").objects
    schema_editor.execute("ALTER TABLE assessments_document DISABLE TRIGGER frozen")
    for key in documents.values_list("pk", flat=True).iterator():
        documents.filter(pk=key).update(code=new_code(), code_on_paper=False)
    schema_editor.execute("ALTER TABLE assessments_document ENABLE TRIGGER frozen")


class Migration(migrations.Migration):
    dependencies = [("assessments", "0018_numbered_journal")]

    operations = [
        migrations.AddField("document", "code", models.CharField(max_length=26, null=True)),
        migrations.AddField("document", "code_on_paper", models.BooleanField(default=True)),
        migrations.RunPython(give_codes, migrations.RunPython.noop),
        migrations.AlterField(
            "document",
            "code",
            models.CharField(default=new_code, max_length=26, unique=True, verbose_name="code de vérification"),
        ),
        migrations.CreateModel(
            name="DocumentContent",
            fields=[
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="stored",
                        serialize=False,
                        to="assessments.document",
                    ),
                ),
                ("content", models.BinaryField()),
            ],
            options={
                "verbose_name": "contenu d’un document",
                "verbose_name_plural": "contenus des documents",
            },
        ),
        migrations.RunSQL(FROZEN, THAWED),
    ]
