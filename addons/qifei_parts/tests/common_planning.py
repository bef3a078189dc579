from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields

from .common_requests import RequestCase


class PlanningCase(RequestCase):
    """Parts with a past: use moves whose dates lie back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.company.qifei_overstock_days = 90
        cls.keeper = cls.users["parts_keeper"]

    @classmethod
    def date_back(cls, moves, moment):
        """Let done moves have happened at another moment."""
        cls.env.flush_all()
        for table, ids in (
            ("stock_move", moves._ids),
            ("stock_move_line", moves.move_line_ids._ids),
        ):
            cls.env.cr.execute(
                f"UPDATE {table} SET date = %s WHERE id IN %s",
                (moment, ids),
            )
        cls.env.invalidate_all()

    @classmethod
    def use(cls, part, place, quantity, moment, order=None, need=None):
        """Use a part from a place at a past moment; stock is put there before."""
        cls.add_stock(part, quantity, place=place)
        return cls.use_up(part, place, quantity, moment, order=order, need=need)

    @classmethod
    def use_up(cls, part, place, quantity, moment, order=None, need=None):
        picking = cls.env["stock.move"]._qifei_transfer(
            "use",
            [
                {
                    "source": place,
                    "destination": cls.customers,
                    "partner": cls.customer,
                    "picking_values": {
                        "qifei_work_order_id": order.id if order else False
                    },
                    "moves": [
                        {
                            "product": part,
                            "quantity": quantity,
                            "values": {
                                "qifei_order_part_id": need.id if need else False
                            },
                        }
                    ],
                }
            ],
        )
        cls.date_back(picking.move_ids, moment)
        return picking

    @classmethod
    def use_monthly(cls, part, place, series):
        """Use a part so that the last full months have this series."""
        this_month = fields.Datetime.now().replace(
            day=15, hour=12, minute=0, second=0, microsecond=0
        )
        for number, quantity in enumerate(reversed(series), start=1):
            if quantity:
                moment = this_month - relativedelta(months=number)
                cls.use(part, place, quantity, moment)

    @classmethod
    def days_ago(cls, days):
        return fields.Datetime.now() - timedelta(days=days)

    @classmethod
    def age_quants(cls, part, place, days):
        quants = cls.env["stock.quant"].search(
            [("product_id", "=", part.id), ("location_id", "=", place.id)]
        )
        quants.in_date = cls.days_ago(days)

    @classmethod
    def suggest(cls, *pairs):
        """Return suggestions for pairs of part and place, calculated."""
        suggestions = (
            cls.env["qifei.part.suggestion"]
            ._as_own_step()
            .create(
                [
                    {"product_id": part.id, "location_id": place.id}
                    for part, place in pairs
                ]
            )
        )
        suggestions._calculate()
        return suggestions.with_env(cls.env)

    @classmethod
    def set_levels(cls, part, place, minimum, maximum):
        return cls.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": part.id,
                "location_id": place.id,
                "warehouse_id": cls.company._get_parts_warehouse().id,
                "product_min_qty": minimum,
                "product_max_qty": maximum,
            }
        )
