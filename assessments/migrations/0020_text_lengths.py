"""What people write has a longest length. Rows that are longer already are kept as they are: nothing written is cut."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations
from django.db.models import CheckConstraint, F
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

LENGTHS = (
    ("ballot", "comment", 20000, "ballot_comment_length"),
    ("decision", "motive", 20000, "decision_motive_length"),
    ("decisionline", "comment", 5000, "decision_line_comment_length"),
    ("mark", "comment", 5000, "mark_comment_length"),
    ("review", "comment", 20000, "review_comment_length"),
    ("reviewremark", "comment", 5000, "remark_comment_length"),
)


class Migration(migrations.Migration):
    dependencies = [("assessments", "0019_document_content"), ("referentials", "0003_identities")]

    operations = [
        AddConstraintNotValid(model, CheckConstraint(condition=LessThanOrEqual(Length(F(field)), longest), name=name))
        for model, field, longest, name in LENGTHS
    ]
