from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.qifei_aftersales.const import COVERAGES


class QifeiPartUsage(models.Model):
    """What was used, on which machine and why: one row per done use move line.

    Nobody writes it. Customer service, dispatchers and parts keepers read the rows of
    their companies; engineers those of their orders. The value is what the parts have
    cost and is shown to parts keepers and managers only.
    """

    _name = "qifei.part.usage"
    _description = "Use of parts"
    _auto = False
    _rec_name = "product_id"
    _order = "date desc, id desc"

    # === What === #
    date = fields.Datetime(string="Used on", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    product_id = fields.Many2one("product.product", string="Part", readonly=True)
    categ_id = fields.Many2one(
        "product.category", string="Category of the part", readonly=True
    )
    lot_id = fields.Many2one("stock.lot", string="Serial number", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True, aggregator="sum")
    value = fields.Monetary(
        readonly=True, aggregator="sum", groups="qifei_base.group_parts_keeper"
    )

    # === Where and by whom === #
    location_id = fields.Many2one("stock.location", string="Taken from", readonly=True)
    engineer_id = fields.Many2one("qifei.engineer", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Service point", readonly=True)

    # === What for === #
    order_id = fields.Many2one("qifei.work.order", string="Work order", readonly=True)
    customer_id = fields.Many2one("res.partner", readonly=True)
    ticket_type_id = fields.Many2one(
        "qifei.ticket.type", string="Kind of service", readonly=True
    )
    equipment_id = fields.Many2one("qifei.equipment", string="Machine", readonly=True)
    model_id = fields.Many2one("product.product", readonly=True)
    model_categ_id = fields.Many2one(
        "product.category", string="Category of the machine", readonly=True
    )
    cause_id = fields.Many2one("qifei.fault.cause", readonly=True)
    coverage = fields.Selection(COVERAGES, string="Paid by", readonly=True)

    @property
    def _table_query(self):
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    def _select(self):
        return SQL(
            """
            SELECT line.id,
                   move.date,
                   move.company_id,
                   company.currency_id,
                   line.product_id,
                   template.categ_id,
                   line.lot_id,
                   way.sign * line.quantity_product_uom AS quantity,
                   way.sign * ABS(move.value) * line.quantity
                       / NULLIF(move.quantity, 0) AS value,
                   place.id AS location_id,
                   COALESCE(work_order.engineer_id, place.qifei_engineer_id)
                       AS engineer_id,
                   COALESCE(place.qifei_partner_id, engineer.service_point_id)
                       AS partner_id,
                   work_order.id AS order_id,
                   work_order.partner_id AS customer_id,
                   work_order.ticket_type_id,
                   work_order.equipment_id,
                   work_order.product_id AS model_id,
                   model_template.categ_id AS model_categ_id,
                   work_order.cause_id,
                   charge.coverage
            """
        )

    def _from(self):
        return SQL(
            """
            FROM stock_move_line line
            JOIN stock_move move ON move.id = line.move_id
            JOIN res_company company ON company.id = move.company_id
            JOIN product_product product ON product.id = line.product_id
            JOIN product_template template ON template.id = product.product_tmpl_id
            -- What was returned in the Inventory app takes its use back.
            CROSS JOIN LATERAL (
                SELECT CASE WHEN move.origin_returned_move_id IS NULL
                            THEN 1 ELSE -1 END AS sign
            ) way
            JOIN stock_location place
              ON place.id = CASE WHEN way.sign > 0 THEN line.location_id
                                 ELSE line.location_dest_id END
            LEFT JOIN stock_picking picking ON picking.id = move.picking_id
            LEFT JOIN qifei_work_order_part need
                   ON need.id = move.qifei_order_part_id
            LEFT JOIN qifei_work_order_line charge ON charge.id = need.line_id
            LEFT JOIN qifei_work_order work_order
                   ON work_order.id
                      = COALESCE(need.order_id, picking.qifei_work_order_id)
            LEFT JOIN qifei_engineer engineer
                   ON engineer.id = work_order.engineer_id
            LEFT JOIN product_product model ON model.id = work_order.product_id
            LEFT JOIN product_template model_template
                   ON model_template.id = model.product_tmpl_id
            """
        )

    def _where(self):
        return SQL("WHERE move.state = 'done' AND move.qifei_purpose = 'use'")
