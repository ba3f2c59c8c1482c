"""The log of each organization and its checkpoints, which the database refuses to change or delete."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import PROTECT, Q

from upturn.records import append_only


def install(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    append_only.install(schema_editor.connection, append_only.LOG)


def remove(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    append_only.remove(schema_editor.connection, append_only.LOG)


class Migration(migrations.Migration):
    dependencies = [("records", "0003_follows")]

    operations = [
        migrations.AddIndex("entry", models.Index(fields=["organization", "id"], name="entry_order")),
        migrations.CreateModel(
            "LogNode",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", models.ForeignKey("records.organization", PROTECT, db_index=False)),
                ("level", models.PositiveSmallIntegerField()),
                ("position", models.PositiveBigIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("entry", models.OneToOneField("records.entry", PROTECT, null=True, related_name="log_node")),
            ],
            {
                "constraints": [
                    models.UniqueConstraint(fields=["organization", "level", "position"], name="one_hash_per_node"),
                    models.CheckConstraint(
                        condition=Q(level=0, entry__isnull=False) | Q(level__gt=0, entry__isnull=True),
                        name="leaves_have_entries",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            "Checkpoint",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", models.ForeignKey("records.organization", PROTECT, db_index=False)),
                ("size", models.PositiveBigIntegerField()),
                ("root", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("key", models.CharField(max_length=64)),
                ("text", models.TextField()),
                ("time_stamp", models.BinaryField(null=True)),
            ],
            {"constraints": [models.UniqueConstraint(fields=["organization", "size"], name="one_checkpoint_per_size")]},
        ),
        migrations.RunPython(install, remove),
    ]
