"""Dependencies point one way: an addon knows only those below it."""

import ast
import re

from source_tree import call_name, keyword, refuse, strings
from test_manifests import imported_addons

_SERVICE = {"qifei_base", "qifei_aftersales"}

# The arrows of docs/architecture.md: each addon, and those it may know.
BELOW = {
    "qifei_base": set(),
    "qifei_oa": {"qifei_base"},
    "qifei_aftersales": {"qifei_base"},
    "qifei_portal": _SERVICE,
    "qifei_dispatch": _SERVICE,
    "qifei_parts": _SERVICE,
    "qifei_knowledge": _SERVICE,
    "qifei_agreement": _SERVICE,
    "qifei_network": _SERVICE,
    "qifei_helpdesk": _SERVICE,
    "qifei_returns": _SERVICE,
    "qifei_livechat": _SERVICE,
}

# Small addons that join two siblings, installed by themselves when both are there.
BRIDGES = {
    "qifei_portal_dispatch": ("qifei_portal", "qifei_dispatch"),
    "qifei_portal_knowledge": ("qifei_portal", "qifei_knowledge"),
    "qifei_dispatch_parts": ("qifei_dispatch", "qifei_parts"),
    "qifei_aftersales_oa": ("qifei_aftersales", "qifei_oa"),
}


def known_below(name):
    """Return the addons of the suite that `name` may know, or None: not foreseen."""
    if name in BRIDGES:
        return {
            below
            for joined in BRIDGES[name]
            for below in (joined, *BELOW.get(joined, ()))
        }
    return BELOW.get(name)


def check_place(tree):
    problems = []
    for addon in tree:
        allowed = known_below(addon.name)
        if allowed is None:
            problems.append(f"addons/{addon.name}: has no place in the layering")
            continue
        problems += [
            f"addons/{addon.name}: depends on {name}, which is not below it"
            for name in addon.depends
            if name.startswith("qifei_") and name not in allowed
        ]
        if addon.name in BRIDGES and not addon.manifest.get("auto_install"):
            problems.append(f"addons/{addon.name}: a bridge installs by itself")
    return problems


def check_mentions(tree, addon):
    """No import, XML id or model of an addon that is not below this one."""
    allowed = (known_below(addon.name) or set()) | {addon.name}
    forbidden = set(tree.addons) - allowed
    problems = [
        reference.file.at(reference.node, f"{reference.xml_id} is not below")
        for reference in addon.references
        if reference.module in forbidden
    ]
    for file in addon.python:
        problems += [
            file.at(node, f"import of {module}, which is not below")
            for module, node in imported_addons(file)
            if module in forbidden
        ]
    for file in addon.scripts:
        for number, line in enumerate(file.lines, start=1):
            problems += [
                file.at(number, f"import of {module}, which is not below")
                for module in re.findall(r"""from ["']@(\w+)/""", line)
                if module in forbidden
            ]
    owners = {
        name: other.name
        for other in tree
        if other.name in forbidden
        for name in other.defined_models
    }
    for file, node, name in mentioned_models(addon):
        if name in owners:
            problems.append(
                file.at(node, f"model {name} of {owners[name]}, which is not below")
            )
    return problems


def mentioned_models(addon):
    """Yield `(file, node, model name)`: inherited, related, taken from the env."""
    for model in addon.models:
        for name in model.inherits:
            yield model.file, model.node, name
    for file in addon.python:
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Subscript):
                for name in strings(node.slice):
                    yield file, node, name
            elif isinstance(node, ast.Call) and call_name(node) in (
                "Many2one",
                "One2many",
                "Many2many",
                "Reference",
            ):
                for argument in (*node.args[:1], keyword(node, "comodel_name")):
                    for name in strings(argument):
                        yield file, node, name
    for file in addon.xml:
        for element in file.root.iter("record"):
            yield file, element, element.get("model")


def check_private(tree, addon):
    """No private method of an addon that is not below, no private name imported.

    What an addon above calls is a hook or a service of the one below (the leading
    underscore keeps it from RPC), and has a docstring that states the contract.
    """
    allowed = known_below(addon.name) or set()
    own = {name for model in addon.models for name in model.methods}
    above, below = {}, {}
    for other in tree:
        if other is addon:
            continue
        for model in other.models:
            for name, method in model.methods.items():
                if name.startswith("_"):
                    side = below if other.name in allowed else above
                    side.setdefault(name, []).append((other.name, model, method))
    problems = []
    for file in addon.python:
        for node in ast.walk(file.tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                "odoo.addons.qifei_"
            ):
                problems += [
                    file.at(node, f"import of the private name {alias.name}")
                    for alias in node.names
                    if alias.name.startswith("_")
                ]
            if not isinstance(node, ast.Call) or not _is_outside_call(node):
                continue
            name = node.func.attr
            if name in own:
                continue
            if name in below:
                if getattr(node.func.value, "id", "") in ("self", "cls"):
                    continue
                if not any(
                    ast.get_docstring(method) or not model.defines
                    for _module, model, method in below[name]
                ):
                    module, model, _method = below[name][0]
                    problems.append(
                        file.at(node, f"{name} of {module} states no contract")
                    )
            elif name in above and not _in_core(tree, addon, name):
                problems.append(
                    file.at(node, f"private method {name} of {above[name][0][0]}")
                )
    return problems


def _is_outside_call(node):
    return (
        isinstance(node.func, ast.Attribute)
        and node.func.attr.startswith("_")
        and not node.func.attr.startswith("__")
        and node.func.attr != "_"
        and not (
            isinstance(node.func.value, ast.Call)
            and call_name(node.func.value) == "super"
        )
    )


def _in_core(tree, addon, name):
    """Tell whether Odoo itself has a method of this name (mixins, overrides)."""
    if name in tree.core.orm_methods():
        return True
    pattern = re.compile(rf"^ +def {name}\(", re.MULTILINE)
    modules = tree.closure(addon.name) - set(tree.addons)
    return any(
        pattern.search(text)
        for module in modules
        if tree.core.path(module)
        for text in tree.core._texts(module, "*.py")
    )


def check_cycles(tree):
    return [
        f"addons/{addon.name}: depends on itself through {name}"
        for addon in tree
        for name in addon.depends
        if addon.name in tree.closure(name)
    ]


def test_every_addon_has_its_place(tree):
    refuse(check_place(tree))


def test_no_cycles(tree):
    refuse(check_cycles(tree))


def test_nothing_above_is_mentioned(tree):
    refuse(problem for addon in tree for problem in check_mentions(tree, addon))


def test_private_methods_stay_private(tree):
    refuse(problem for addon in tree for problem in check_private(tree, addon))


# === THE CHECKS THEMSELVES === #


def test_arrow_upwards_is_noticed(make_tree):
    tree = make_tree(
        {
            "qifei_base/__manifest__.py": '{"depends": ["qifei_aftersales"]}',
            "qifei_base/models/a.py": """
            from odoo import fields, models
            from odoo.addons.qifei_aftersales.const import X

            class Ticket(models.Model):
                _inherit = "qifei.ticket"
                order_id = fields.Many2one("qifei.ticket")

                def a(self):
                    self.order_id._close_quietly()
            """,
            "qifei_base/views/a.xml": """
            <odoo><menuitem id="a" parent="qifei_aftersales.menu"/></odoo>
            """,
            "qifei_aftersales/__manifest__.py": '{"depends": ["qifei_base"]}',
            "qifei_aftersales/models/b.py": """
            from odoo import models

            class Ticket(models.Model):
                _name = "qifei.ticket"

                def _close_quietly(self):
                    pass
            """,
            "qifei_nowhere/__manifest__.py": "{}",
        }
    )
    base = tree.addons["qifei_base"]
    place = "\n".join(check_place(tree))
    assert "depends on qifei_aftersales" in place
    assert "qifei_nowhere" in place
    assert check_cycles(tree)
    text = "\n".join(check_mentions(tree, base))
    assert "qifei_aftersales.menu is not below" in text
    assert "import of qifei_aftersales" in text
    assert "model qifei.ticket" in text
    assert any("_close_quietly" in line for line in check_private(tree, base))


def test_service_without_contract_is_noticed(make_tree):
    tree = make_tree(
        {
            "qifei_base/models/a.py": """
            from odoo import models

            class Area(models.Model):
                _name = "qifei.area"

                def _find(self):
                    return 1

                def _match(self):
                    "Return the area of an address."
            """,
            "qifei_aftersales/models/b.py": """
            from odoo.addons.qifei_base.tools import _secret

            def a(area):
                return area._find(), area._match()
            """,
        }
    )
    text = "\n".join(check_private(tree, tree.addons["qifei_aftersales"]))
    assert "_find of qifei_base" in text
    assert "_match" not in text
    assert "_secret" in text
