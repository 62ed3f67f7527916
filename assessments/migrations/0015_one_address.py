"""An address stands in ``User.email`` alone: allauth's table of addresses is emptied, and refuses to be filled again.

Its rows were a second truth, which opened the log-in and the reset of a password to addresses nobody had proved.
"""

from django.db import migrations

FORWARDS = """
DELETE FROM account_emailconfirmation;
DELETE FROM account_emailaddress;
CREATE TRIGGER one_address BEFORE INSERT ON account_emailaddress
    FOR EACH ROW EXECUTE FUNCTION jalon_refuse_change();
"""
BACKWARDS = "DROP TRIGGER one_address ON account_emailaddress;"


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0014_mailed_links"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
