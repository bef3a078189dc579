from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, float_compare

from odoo.addons.qifei_base.tools.texts import clean_text

from .qifei_part_statement_line import FLOWS

QUANTITIES = ("opening", *FLOWS)
VALUES = ("opening_value", *(f"{name}_value" for name in FLOWS))
READ_FIELDS = (
    *QUANTITIES,
    "closing",
    "ledger_gap",
    *VALUES,
    "closing_value",
    "revaluation_value",
    "price_unit",
)


class QifeiPartStatement(models.Model):
    """How the figures are read from core's stock moves.

    **Which moves.** Every done move line that crosses the border of the place: it has
    one end in the place (or in a shelf below it) and the other end elsewhere. A line is
    of the month when its date lies in the month of the company's time zone; older ones
    make the opening.

    **Which figure.** The other end decides: a customer or a production place means
    used (a piece taken back from there counts off again), an inventory place means
    adjusted, every other place means received when the part comes and returned when it
    goes. Used parts are *charged* when the customer pays and *in warranty* when the
    company does: the coverage of the charge behind the need that the move was made
    for (``stock.move.qifei_order_part_id.line_id.coverage``), and for a core repair
    whether it is under warranty. A use that nobody proposed cover for is charged.

    **Which value.** Core 19 (``stock_account``, ``stock.move._set_value``) writes
    ``value`` on a move only when it enters or leaves the valued locations of the
    company (``is_in``, ``is_out``); a move between two valued places - warehouse,
    transit, van, service point - keeps zero. So:

    - a line of a valued move has its share of the move's value;
    - every other line has its quantity at the cost of the part: for the cost method
      *standard* the cost of that moment from ``product.value``, as core's
      ``_get_standard_price_at_date`` finds it (the first record is taken for what came
      before it); for *average* and *first in first out*, of which core keeps no
      history, the cost at the moment the figures are read;
    - opening and closing are quantity times cost at the first and last moment of the
      month; the opening of a month after a final one is that one's closing. What the
      change of cost added or took is the price difference, so values add up, too.

    All values are in the currency of the company.
    """

    _inherit = "qifei.part.statement"

    @api.depends(
        "line_ids.difference",
        "line_ids.is_counted",
        "line_ids.ledger_gap",
        "line_ids.closing_value",
        "line_ids.revaluation_value",
        "line_ids.difference_value",
        *(f"line_ids.{name}" for name in VALUES),
    )
    def _compute_totals(self):
        names = (*VALUES, "revaluation_value", "closing_value", "difference_value")
        for statement in self:
            lines = statement.line_ids
            for name in names:
                total = sum(lines.mapped(name))
                currency = statement.currency_id
                statement[name] = currency.round(total) if currency else total
            statement.line_count = len(lines)
            statement.counted_count = len(lines.filtered("is_counted"))
            statement.difference_count = len(lines.filtered("difference"))
            statement.gap_count = len(lines.filtered("ledger_gap"))

    # === REFRESH === #

    def action_refresh(self):
        """Read the figures anew."""
        self.check_access("write")
        self._refresh()
        return True

    def _refresh(self):
        """Read the figures of all statements that are not final, in one query.

        Who has confirmed figures that turn out to be others is asked again.

        :return: the statements that had other figures before
        """
        open_statements = self.filtered(
            lambda statement: statement.state != "confirmed"
        )
        if not open_statements:
            return self.browse()
        changed_ids = set()
        for company, statements in open_statements.grouped("company_id").items():
            rows = statements.with_company(company)._read_figures()
            changed_ids |= statements._store_figures(rows)
        changed = self.browse(changed_ids)
        open_statements._as_own_step().write({"figures_on": fields.Datetime.now()})
        changed._forget_confirmations()
        return changed

    def _store_figures(self, rows):
        """Write what ``_read_figures`` found to the lines.

        :return: set of the ids of the statements that had other figures before
        """
        # sudo: qifei.part.statement.line - figures are written by this method only
        lines_sudo = self.env["qifei.part.statement.line"].sudo()._as_own_step()
        present = {
            (line.statement_id.id, line.product_id.id): line
            for line in lines_sudo.search_fetch(
                [("statement_id", "in", self.ids)],
                ["statement_id", "product_id", "is_counted", *READ_FIELDS],
            )
        }
        zeros = dict.fromkeys(READ_FIELDS, 0.0)
        found = {(row.pop("statement_id"), row.pop("product_id")): row for row in rows}
        changed, gone = set(), lines_sudo.browse()
        for key, line in present.items():
            if key not in found and not line.is_counted:
                gone += line
                changed.add(key[0])
                continue
            values = line._get_changes(found.get(key, zeros))
            if values:
                line.write(values)
                changed.add(key[0])
        for key in found.keys() - present.keys():
            changed.add(key[0])
        gone.unlink()
        lines_sudo.create(
            [
                {"statement_id": statement_id, "product_id": product_id, **row}
                for (statement_id, product_id), row in found.items()
                if (statement_id, product_id) not in present
            ]
        )
        return changed

    # === QUERIES === #

    def _read_figures(self):
        """Return the figures of the statements, all of one company, in one query.

        :return: list of dicts with ``statement_id``, ``product_id`` and the fields of
            ``READ_FIELDS``; a product of which all are zero is left out
        """
        self.env.flush_all()
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        flows = [
            SQL(
                """
                SUM(%(sign)s * quantity) FILTER (WHERE figure = %(name)s) AS %(column)s,
                SUM(%(sign)s * value) FILTER (WHERE figure = %(name)s) AS %(value)s
                """,
                sign=sign,
                name=name,
                column=SQL.identifier(name),
                value=SQL.identifier(f"{name}_value"),
            )
            for name, sign in FLOWS.items()
        ]
        results = [
            SQL(
                "ROUND(COALESCE(%s, 0), %s)::float8 AS %s",
                SQL.identifier("total", name),
                digits if name in QUANTITIES else 6,
                SQL.identifier(name),
            )
            for name in (*QUANTITIES, *(name for name in VALUES[1:]))
        ]
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH %(crossing)s,
                total AS (
                    SELECT statement_id,
                           product_id,
                           SUM(quantity) FILTER (WHERE figure = 'opening') AS opening,
                           SUM(quantity) AS present,
                           %(flows)s
                      FROM crossing
                  GROUP BY statement_id, product_id
                ),
                held AS (
                    SELECT place.statement_id,
                           quant.product_id,
                           SUM(quant.quantity::numeric) AS quantity
                      FROM place
                      JOIN stock_quant quant ON quant.location_id = place.location_id
                  GROUP BY place.statement_id, quant.product_id
                )
                SELECT statement.id AS statement_id,
                       product.id AS product_id,
                       %(results)s,
                       ROUND(
                           COALESCE(held.quantity, 0) - COALESCE(total.present, 0),
                           %(digits)s
                       )::float8 AS ledger_gap,
                       COALESCE(former.price_unit, first_price.value, %(cost)s)::float8
                           AS opening_price,
                       COALESCE(last_price.value, %(cost)s)::float8 AS price_unit
                  FROM total
             FULL JOIN held
                    ON held.statement_id = total.statement_id
                   AND held.product_id = total.product_id
                  JOIN qifei_part_statement statement
                    ON statement.id = COALESCE(total.statement_id, held.statement_id)
                  JOIN product_product product
                    ON product.id = COALESCE(total.product_id, held.product_id)
             LEFT JOIN qifei_part_statement previous
                    ON previous.location_id = statement.location_id
                   AND previous.datetime_to = statement.datetime_from
                   AND previous.state = 'confirmed'
             LEFT JOIN qifei_part_statement_line former
                    ON former.statement_id = previous.id
                   AND former.product_id = product.id
             LEFT JOIN price first_price
                    ON first_price.product_id = product.id
                   AND first_price.valid_from <= statement.datetime_from
                   AND first_price.valid_to > statement.datetime_from
             LEFT JOIN price last_price
                    ON last_price.product_id = product.id
                   AND last_price.valid_from < statement.datetime_to
                   AND last_price.valid_to >= statement.datetime_to
              ORDER BY statement.id, product.default_code, product.id
                """,
                crossing=self._get_crossing_query(),
                flows=SQL(", ").join(flows),
                results=SQL(", ").join(results),
                digits=digits,
                cost=self._get_cost_sql("product"),
            )
        )
        return self._complete_rows(rows, digits)

    def _complete_rows(self, rows, digits):
        """Calculate what follows from the rest; drop what is zero throughout."""
        lines = self.env["qifei.part.statement.line"]
        # sudo: product.product - units of the parts that moved, whoever reads them
        products = self.env["product.product"].sudo()
        products = products.browse(row["product_id"] for row in rows)
        units = {product.id: product.uom_id for product in products}
        currency = self.company_id.currency_id
        kept = []
        for row in rows:
            row["opening_value"] = row["opening"] * row.pop("opening_price")
            if any(
                float_compare(row[name], 0.0, precision_digits=digits)
                for name in (*QUANTITIES, "ledger_gap")
            ):
                for name in VALUES:
                    row[name] = currency.round(row[name])
                unit = units[row["product_id"]]
                row.update(lines._calculate_closing(row, unit, currency))
                kept.append(row)
        return kept

    def _get_crossing_query(self):
        """Return the common table expressions up to ``crossing``.

        ``place``: the locations of each statement; ``price``: the cost of products with
        the cost method *standard*, from when until when; ``crossing``: one row for each
        move line with statement, product, figure (``later`` after the month), and
        quantity and value with the sign they have for the place.
        """
        return SQL(
            """
            place AS (
                SELECT statement.id AS statement_id,
                       statement.datetime_from,
                       statement.datetime_to,
                       inside.id AS location_id
                  FROM qifei_part_statement statement
                  JOIN stock_location root ON root.id = statement.location_id
                  JOIN stock_location inside
                    ON starts_with(inside.parent_path, root.parent_path)
                 WHERE statement.id IN %(statements)s
            ),
            border AS (
                SELECT place.*, line.id AS line_id, 1 AS sign,
                       line.location_id AS other_id
                  FROM place
                  JOIN stock_move_line line
                    ON line.location_dest_id = place.location_id
                   AND line.state = 'done'
                 UNION ALL
                SELECT place.*, line.id AS line_id, -1 AS sign,
                       line.location_dest_id AS other_id
                  FROM place
                  JOIN stock_move_line line
                    ON line.location_id = place.location_id
                   AND line.state = 'done'
            ),
            price AS (
                SELECT history.product_id,
                       history.value::numeric AS value,
                       CASE WHEN LAG(history.id) OVER dates IS NULL
                            THEN '-infinity'::timestamp
                            ELSE history.date
                        END AS valid_from,
                       COALESCE(
                           LEAD(history.date) OVER dates, 'infinity'::timestamp
                       ) AS valid_to
                  FROM product_value history
                  JOIN product_product product ON product.id = history.product_id
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
             LEFT JOIN product_category category ON category.id = template.categ_id
                 WHERE history.move_id IS NULL
                   AND history.lot_id IS NULL
                   AND history.company_id = %(company)s
                   AND COALESCE(%(category_method)s, %(company_method)s) = 'standard'
                WINDOW dates AS (
                    PARTITION BY history.product_id ORDER BY history.date, history.id
                )
            ),
            crossing AS (
                SELECT border.statement_id,
                       border.line_id,
                       line.product_id,
                       CASE
                       WHEN line.date < border.datetime_from THEN 'opening'
                       WHEN line.date >= border.datetime_to THEN 'later'
                       WHEN other.usage IN ('customer', 'production') THEN
                            CASE WHEN charge.coverage <> 'customer'
                                   OR (charge.id IS NULL AND repair.under_warranty)
                                 THEN 'used_warranty'
                                 ELSE 'used_charged'
                             END
                       WHEN other.usage = 'inventory' THEN 'adjusted'
                       WHEN border.sign > 0 THEN 'received'
                       ELSE 'returned'
                       END AS figure,
                       border.sign * line.quantity_product_uom::numeric AS quantity,
                       border.sign * CASE
                       WHEN (move.is_in OR move.is_out) AND moved.quantity <> 0
                       THEN move.value::numeric
                            * line.quantity_product_uom::numeric / moved.quantity
                       ELSE line.quantity_product_uom::numeric
                            * COALESCE(price.value, %(cost)s)
                       END AS value
                  FROM border
                  JOIN stock_move_line line ON line.id = border.line_id
                  JOIN stock_move move ON move.id = line.move_id
                  JOIN stock_location other ON other.id = border.other_id
                  JOIN product_product product ON product.id = line.product_id
             LEFT JOIN (
                    SELECT part.move_id, SUM(part.quantity_product_uom::numeric)
                      FROM stock_move_line part
                     WHERE part.move_id IN (
                           SELECT crossed.move_id
                             FROM border
                             JOIN stock_move_line crossed
                               ON crossed.id = border.line_id
                             JOIN stock_move valued ON valued.id = crossed.move_id
                            WHERE valued.is_in OR valued.is_out
                       )
                  GROUP BY part.move_id
                       ) AS moved(move_id, quantity) ON moved.move_id = move.id
             LEFT JOIN stock_move origin ON origin.id = move.origin_returned_move_id
             LEFT JOIN qifei_work_order_part need
                    ON need.id = COALESCE(
                           move.qifei_order_part_id, origin.qifei_order_part_id
                       )
             LEFT JOIN qifei_work_order_line charge ON charge.id = need.line_id
             LEFT JOIN repair_order repair ON repair.id = move.repair_id
             LEFT JOIN price
                    ON price.product_id = line.product_id
                   AND price.valid_from <= line.date
                   AND price.valid_to > line.date
                 WHERE NOT EXISTS (
                       SELECT FROM place
                        WHERE place.statement_id = border.statement_id
                          AND place.location_id = border.other_id
                       )
            )
            """,
            statements=self._ids,
            company=self.company_id.id,
            category_method=self.env["product.category"]._field_to_sql(
                "category", "property_cost_method"
            ),
            company_method=self.company_id.cost_method,
            cost=self._get_cost_sql("product"),
        )

    def _get_cost_sql(self, alias):
        cost = self.env["product.product"]._field_to_sql(alias, "standard_price")
        return SQL("COALESCE((%s)::numeric, 0)", cost)

    # === DRILL-DOWN === #

    def _get_figure_lines(self, figure, products=None):
        """Return the move lines that a figure is made of.

        :param str figure: name of a quantity of a line, or ``month`` for all of the
            month
        :param products: only those of these products
        """
        self.ensure_one()
        figures = {
            "closing": ("opening", *FLOWS),
            "month": tuple(FLOWS),
            "counted": ("opening", *FLOWS),
            "difference": ("opening", *FLOWS),
        }.get(figure, (figure,))
        if not set(figures) <= {"opening", *FLOWS}:
            raise UserError(self.env._("There is no such figure on a statement."))
        statement = self.with_company(self.company_id)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "WITH %s SELECT line_id FROM crossing WHERE figure IN %s AND %s",
                statement._get_crossing_query(),
                figures,
                SQL("product_id IN %s", products._ids) if products else SQL("TRUE"),
            )
        )
        return self.env["stock.move.line"].browse(line_id for (line_id,) in rows)

    def _open_figure(self, figure, products=None):
        """Return the action that lists the moves of a figure."""
        self.ensure_one()
        self.check_access("read")
        figure = clean_text(figure).removesuffix("_value")
        move_lines = self._get_figure_lines(figure, products)
        # Shown under the reader's own rights: who may not read moves gets a sentence.
        self.env["stock.move.line"].check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self._get_figure_title(figure, products),
            "res_model": "stock.move.line",
            "view_mode": "list,kanban,pivot,form",
            "views": [(False, kind) for kind in ("list", "kanban", "pivot", "form")],
            "domain": [("id", "in", move_lines.ids)],
            "context": {"create": False},
        }

    def _get_figure_title(self, figure, products):
        labels = {
            name: field._description_string(self.env)
            for name, field in self.line_ids._fields.items()
        }
        title = labels.get(figure, self.env._("Moves"))
        place = products.display_name if products else self._get_place_name()
        return f"{title} · {place} · {self.period}"

    def action_open_moves(self):
        """Open all moves of the month."""
        return self._open_figure("month")
