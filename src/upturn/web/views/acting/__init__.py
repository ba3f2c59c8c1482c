"""The screens on which a person does something on a plan, one file per family. `sheet` is what they share."""
