from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0002_append_only")]

    operations = [migrations.AddField("planparty", "follows", models.BooleanField(default=True))]
