from odoo import api, models


class QifeiOldPart(models.Model):
    """How old parts move through the stock; each step is a core transfer."""

    _inherit = "qifei.old.part"

    # === OPENING === #

    @api.model
    def _open_for(self, uses):
        """Open the obligations of parts that were just used, in one batch.

        Call it after the use moves are done, with everything that was used; what need
        not come back is left out here. The old pieces are collected at once from the
        customer's location into the old-parts location of the holder. A part counted in
        units or with serial numbers opens one obligation for each piece.

        :param list uses: one dict for each use:

            * ``order_part``: the qifei.work.order.part (its order gives customer,
              company and engineer)
            * ``quantity``: float, in the unit of the product
            * ``source``: the stock.location the new part was used from, a van or a
              service point
            * ``product`` (optional): product.product of the old piece; the product of
              the need when left out
            * ``old_serial`` (optional): text, lot or serial number of the old piece;
              a piece with unknown number gets the number of its obligation
            * ``is_owed`` (optional): True or False instead of what the product says

        :return: the qifei.old.part records (sudo), in the order of ``uses``
        :raise UserError: the old serial number lies in stock, or is given for several
            pieces
        """
        return self.browse()
