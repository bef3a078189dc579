from collections import defaultdict

from odoo import api, models

# Whose names the ids of a reason are, by key.
NAMED_BY = {
    "skill": "qifei.skill",
    "tool": "qifei.tool",
    "part": "product.product",
    "area": "qifei.service.area",
    "pinned": "qifei.engineer",
    "unwished": "qifei.engineer",
    "nobody": "qifei.engineer",
}


class QifeiDispatchReason(models.AbstractModel):
    """Says in words what planning answers in keys; nobody else makes such sentences.

    A reason is a list of items, as JSON on an order or a line of a plan. An item is a
    key or a dict with ``key`` and what belongs to it:

    - ``ids`` of records (skill, tool, part, area, pinned, unwished, nobody),
    - ``amount`` in minutes (window, shift, break, late, travel, wait), orders
      (max_orders, load) or engineers (best_of),
    - ``items`` (relax): the reasons that would have to be lifted.

    The keys skill, tool, part, window, shift, break, max_orders, excluded, pinned,
    area, own, absent, far, nobody and engine say why not, the others why.
    """

    _name = "qifei.dispatch.reason"
    _description = "Reasons of planning"

    # === SENTENCES === #

    @api.model
    def _say(self, reason):
        """Return the sentences of a reason.

        :param reason: what an order or a line of a plan keeps, or nothing
        :return: list of translated sentences, empty without a reason
        """
        return self._say_all([reason])[0]

    @api.model
    def _say_all(self, reasons):
        """Return the sentences of many reasons, with a fixed number of queries.

        :param reasons: list of reasons, nothing for none
        :return: list of lists of translated sentences
        """
        many = [self._normalize(reason) for reason in reasons]
        names = self._get_names(many)
        return [[self._say_item(item, names) for item in items] for items in many]

    @api.model
    def _say_slot(self, counts):
        """Say why nobody can be promised for a time.

        :param counts: ``{key: number of engineers it keeps away}``
        :return: list of translated sentences, the most frequent first
        """
        sentences = self._get_slot_sentences()
        return [
            sentences.get(key, sentences["shift"]) % {"count": counts[key]}
            for key in sorted(counts, key=lambda key: (-counts[key], key))
        ]

    # === FROM THE ENGINE === #

    @api.model
    def _from_broken(self, broken):
        """Return the reason of rules that the engine finds broken.

        :param broken: engine ``Broken`` items; ``names`` hold ids as text
        """
        reason = []
        for item in broken:
            entry = {"key": item.rule}
            ids = sorted({int(name) for name in item.names if str(name).isdecimal()})
            if ids:
                entry["ids"] = ids
            if item.rule in ("window", "shift", "break"):
                entry["amount"] = max(round(item.amount / 60), 1)
            if entry not in reason:
                reason.append(entry)
        return reason

    @api.model
    def _from_option(self, option):
        """Return the reason of a place the engine has found for an order.

        :param option: engine ``Option``
        """
        reason = [{"key": "travel", "amount": round(option.added_travel / 60)}]
        if option.warehouse is not None:
            reason.append({"key": "warehouse"})
        if option.lateness >= 60:
            reason.append({"key": "late", "amount": round(option.lateness / 60)})
        return reason

    # === WORDS === #

    @api.model
    def _normalize(self, reason):
        """Return the items of a reason as dicts; what is none of these is dropped."""
        if isinstance(reason, dict):
            reason = reason.get("keys") or ([reason] if "key" in reason else [])
        items = []
        for item in reason or []:
            if isinstance(item, str):
                item = {"key": item}
            if isinstance(item, dict) and isinstance(item.get("key"), str):
                items.append(item)
        return items

    @api.model
    def _get_names(self, many):
        """Return ``{(model, id): name}`` of all records that reasons speak of."""
        wanted = defaultdict(set)
        stack = [item for items in many for item in items]
        while stack:
            item = stack.pop()
            stack.extend(self._normalize(item.get("items")))
            model = NAMED_BY.get(item["key"])
            if model:
                wanted[model].update(item.get("ids", ()))
        names = {}
        for model, ids in wanted.items():
            # sudo: qifei.dispatch.reason - names in a reason, for its reader
            records = self.env[model].sudo().browse(sorted(ids)).exists()
            for record in records:
                names[model, record.id] = record.display_name
        return names

    @api.model
    def _say_item(self, item, names):
        key = item["key"]
        model = NAMED_BY.get(key)
        what = ", ".join(
            names[model, record_id]
            for record_id in item.get("ids", ())
            if (model, record_id) in names
        )
        if key == "relax":
            return self._say_relax(item, names)
        sentences = self._get_sentences(what, item.get("amount") or 0)
        return sentences.get(key) or self.env._("Not possible (%(rule)s).", rule=key)

    @api.model
    def _say_relax(self, item, names):
        inner = self._normalize(item.get("items"))
        return self.env._(
            "It would fit if this were lifted: %(reasons)s",
            reasons=" ".join(self._say_item(one, names) for one in inner),
        )

    @api.model
    def _get_sentences(self, what, amount):
        """Return the sentence of each key.

        :param what: names of the records the item speaks of
        :param amount: its number
        """
        return {
            **self._get_refusals(what, amount),
            # Why this engineer.
            "travel": (
                self.env._("%(minutes)s minutes of additional travel.", minutes=amount)
                if amount > 0
                else self.env._("On the way: no additional travel.")
            ),
            "wait": self.env._("%(minutes)s minutes of waiting.", minutes=amount),
            "late": self.env._(
                "Begins %(minutes)s minutes after the deadline.", minutes=amount
            ),
            "best_of": self.env._(
                "The best of %(count)s engineers who can.", count=amount
            ),
            "only_one": self.env._("The only engineer who can."),
            "preferred": self.env._("The customer asks for this engineer."),
            "unwished": self.env._(
                "The customer asks for %(engineer)s.", engineer=what
            ),
            "affinity": self.env._("Knows the machine: has been there before."),
            "load": self.env._("Orders on that day: %(count)s.", count=amount),
            "change": self.env._("Changes the engineer of the order."),
            "warehouse": self.env._("Fetches what is missing at the warehouse."),
            "taken": self.env._("Has taken the order from the grab pool."),
            "chosen": self.env._("Chosen by the dispatcher."),
        }

    @api.model
    def _get_refusals(self, what, amount):
        """Return the sentence of each key that says why not."""
        return {
            "skill": self.env._("Lacks the skill %(names)s.", names=what),
            "tool": self.env._("Does not carry %(names)s.", names=what),
            "part": self.env._("Has no %(names)s in the van.", names=what),
            "area": self.env._("Does not look after %(names)s.", names=what),
            "window": (
                self.env._(
                    "Cannot be there in the promised time: %(minutes)s minutes too "
                    "late.",
                    minutes=amount,
                )
                if amount
                else self.env._("Cannot be there in the promised time.")
            ),
            "shift": (
                self.env._(
                    "Does not fit into the working time: %(minutes)s minutes too long.",
                    minutes=amount,
                )
                if amount
                else self.env._("Does not fit into the working time.")
            ),
            "break": self.env._("Would overlap a break or an absence."),
            "max_orders": self.env._("Has as many orders as fit into a day already."),
            "excluded": self.env._("Is not to be sent to this order."),
            "pinned": (
                self.env._("The order is pinned to %(engineer)s.", engineer=what)
                if what
                else self.env._("The order is pinned.")
            ),
            "own": self.env._("Only own staff is sent to such orders."),
            "absent": self.env._("Does not work at that time."),
            "far": self.env._("Others are nearer."),
            "nobody": (
                self.env._(
                    "Nobody can take it. Closest comes %(engineer)s:", engineer=what
                )
                if what
                else self.env._("Nobody can take it.")
            ),
            "engine": self.env._(
                "Times and travel cannot be calculated at the moment."
            ),
        }

    @api.model
    def _get_slot_sentences(self):
        return {
            "skill": self.env._("Engineers without the skill: %(count)s."),
            "tool": self.env._("Engineers without the tool: %(count)s."),
            "part": self.env._("Engineers without the part: %(count)s."),
            "area": self.env._("Engineers of other areas: %(count)s."),
            "window": self.env._("Engineers who cannot be there in time: %(count)s."),
            "shift": self.env._("Engineers without time left: %(count)s."),
            "break": self.env._("Engineers on a break or absent: %(count)s."),
            "max_orders": self.env._("Engineers with a full day: %(count)s."),
            "excluded": self.env._("Engineers who are not to be sent: %(count)s."),
            "pinned": self.env._("The order is pinned to another engineer."),
        }
