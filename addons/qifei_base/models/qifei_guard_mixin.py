import math

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.turns import lock_free, write_anew

# Beyond these, sums and dates cannot be calculated with any more.
LARGEST_NUMBER = 1e12
YEARS = range(1900, 2200)


class OwnStep:
    """Key for fields that only the suite's own methods write.

    It travels in the context, where a client can put text and numbers but never an
    instance of this class.
    """


OWN_STEP = OwnStep()
OWN_STEP_KEY = "qifei_base_own_step"


class QifeiGuardMixin(models.AbstractModel):
    """Keeps fields that are read-only on the screen read-only for everybody outside.

    The web client leaves read-only fields alone, but a call from outside can write
    them: the moment of a step, an amount that is added up, a number. A model that
    inherits the mixin asks ``_check_read_only`` in its ``create`` and ``write``. The
    suite's own methods write such a field after ``_as_own_step``, or as superuser.

    What is a number or a day to a program only is kept out of every such model.
    """

    _name = "qifei.guard.mixin"
    _description = "Guarded fields"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_plausible(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_plausible(vals)
        return super().write(vals)

    def _as_own_step(self):
        """Return the records with the right to write their guarded fields."""
        return self.with_context(**{OWN_STEP_KEY: OWN_STEP})

    @api.model
    def _is_own_step(self):
        """Tell whether one of the suite's own methods is writing."""
        return self.env.context.get(OWN_STEP_KEY) is OWN_STEP

    @api.model
    def _is_own_field(self, name):
        """Tell whether the field of this name was declared by the suite."""
        field = self._fields.get(name)
        return bool(field) and any(
            module.startswith("qifei_") for module in field._modules
        )

    @api.model
    def _is_guarded(self, name):
        """Tell whether nobody outside writes the field of this name."""
        field = self._fields.get(name)
        return (
            bool(field)
            and field.store
            and field.readonly
            and name not in models.MAGIC_COLUMNS
            and self._is_own_field(name)
        )

    @api.model
    def _check_read_only(self, field_names):
        """Raise when a call from outside writes a guarded field.

        :param field_names: names in the values
        :raise UserError: names the first such field
        """
        if self.env.su or self._is_own_step():
            return
        names = {name for name in field_names if self._is_guarded(name)}
        if names:
            raise UserError(
                self.env._(
                    "“%(field)s” of a %(document)s is filled in by its own steps and "
                    "cannot be written directly.",
                    field=self._fields[min(names)]._description_string(self.env),
                    document=self._description,
                )
            )

    @api.model
    def _without_guarded_defaults(self):
        """Return the model without defaults of guarded fields in the context."""
        context = self.env.context
        kept = {
            key: value
            for key, value in context.items()
            if not (
                key.startswith("default_")
                and self._is_guarded(key.removeprefix("default_"))
            )
        }
        if len(kept) == len(context):
            return self
        return self.with_env(self.env(context=kept))

    @api.model
    def _check_plausible(self, vals):
        """Raise for a number or a day that nothing can be calculated with.

        :param vals: values of one ``create`` or ``write``
        :raise ValidationError: names the field
        """
        for name, value in vals.items():
            if isinstance(value, float):
                is_plausible = math.isfinite(value) and abs(value) < LARGEST_NUMBER
            elif value and name in self._fields:
                is_plausible = self._is_plausible_day(self._fields[name], value)
            else:
                continue
            if not is_plausible:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” of a %(document)s cannot be %(value)s.",
                        field=self._fields[name]._description_string(self.env),
                        document=self._description,
                        value=value,
                    )
                )

    @api.model
    def _is_plausible_day(self, field, value):
        if field.type == "date":
            return fields.Date.to_date(value).year in YEARS
        if field.type == "datetime":
            return fields.Datetime.to_datetime(value).year in YEARS
        return True

    def _claim(self):
        """Let of several people who do the same to these records one go first.

        Who comes at the same moment gets a sentence. Who has read before the first one
        was done meets the row written anew: the server starts his request once more,
        which then sees what the first has made.
        """
        if lock_free(self) != self:
            raise UserError(
                self.env._(
                    "Somebody else is working on %(documents)s at this moment. Reload "
                    "the page to see what has been done.",
                    documents=", ".join(self.mapped("display_name")),
                )
            )
        write_anew(self)
