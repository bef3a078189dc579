"""XML ids have one form, exist once, and point at something that exists."""

import re

from source_tree import (
    AUTOMATIC_ID,
    field_text,
    refuse,
    view_arch,
)

VIEW_TYPES = (
    "form|list|kanban|search|calendar|activity|graph|pivot|timeline|hierarchy|qweb"
)

# Model of a record -> form of its id. `{model}` is the model the record is about.
FORMS = {
    "ir.actions.act_window": r"{model}_action(_\w+)?",
    "ir.actions.client": r"\w+_action(_\w+)?",
    "ir.actions.server": r"{model}_action_\w+",
    "ir.rule": r"{model}_rule_\w+",
    "ir.cron": r"ir_cron_\w+",
    "ir.sequence": r"ir_sequence_\w+",
    "mail.template": r"mail_template_\w+",
    "sms.template": r"sms_template_\w+",
    "mail.message.subtype": r"mt_\w+",
    "mail.activity.type": r"mail_activity_type_\w+",
    "res.groups": r"group_\w+",
    "res.groups.privilege": r"res_groups_privilege_\w+",
}
HELPERS = ("1", "True", "true")


def record_model(record):
    """Return the model an action, view or rule is about, underscored."""
    text = (
        field_text(record, "res_model")
        or field_text(record, "model")
        or (field_text(record, "model_id") or "").rpartition(".")[2]
    )
    return text.removeprefix("model_").replace(".", "_")


def check_forms(addon):
    problems = []
    for xml_id, element, file in addon.records:
        if "." in xml_id and _only_implies(element):
            continue
        if "." in xml_id and not _is_demo(addon, file):
            problems.append(file.at(element, f"{xml_id}: an id of another addon"))
            continue
        problem = _form_problem(addon, xml_id, element, file)
        if problem:
            problems.append(file.at(element, f"{xml_id}: {problem}"))
    return problems


def _only_implies(element):
    """Tell whether a record gives a role of an addon below a further right."""
    return element.get("model") == "res.groups" and {
        field.get("name") for field in element.iter("field")
    } == {"implied_ids"}


def _form_problem(addon, xml_id, element, file):
    if _is_demo(addon, file):
        # Demo data may complete a record that the addons below or the data made.
        if not xml_id.endswith("_demo") and xml_id not in _data_ids(addon):
            return "a demo id ends in _demo"
    elif xml_id.endswith("_demo"):
        return "only demo ids end in _demo"
    if element.tag == "menuitem":
        form = r"\w+_menu(_\w+)?"
    elif element.get("model") == "ir.ui.view":
        return _view_problem(addon, xml_id, element)
    else:
        form = FORMS.get(element.get("model"), r"\w+")
        form = form.format(model=record_model(element))
    if not re.fullmatch(form, xml_id.rpartition(".")[2]):
        return f"not of the form {form}"
    return None


def _is_demo(addon, file):
    return "demo" in file.path.relative_to(addon.path).parts


def _data_ids(addon):
    """Return the ids that are no demo, with those of other addons."""
    return {
        xml_id
        for xml_id, _element, file in addon.records
        if "." in xml_id or not _is_demo(addon, file)
    }


def _view_problem(addon, xml_id, element):
    inherited = field_text(element, "inherit_id")
    name = field_text(element, "name") or ""
    model = record_model(element)
    arch = view_arch(element)
    if inherited:
        original = inherited.rpartition(".")[2]
        base = rf"{re.escape(original)}|{model}_view_({VIEW_TYPES})"
        if not re.fullmatch(rf"({base})(_\w+)?", xml_id):
            return f"neither {original} nor {model}_view_<type>"
        if ".inherit." in name and f".inherit.{addon.name}" not in name:
            return f"the name {name} is without .inherit.{addon.name}"
        return None
    if arch is None:
        return "no arch"
    kind = {"t": "qweb"}.get(arch.tag, arch.tag)
    if not re.fullmatch(rf"{model}_view_{kind}(_\w+)?", xml_id):
        return f"not {model}_view_{kind}[_detail]"
    return None


def check_unique(addon):
    seen, problems = {}, []
    for xml_id, element, file in addon.records:
        place = file.at(element, "")
        # Demo data comes back to its records to take them a step further.
        if xml_id in seen and not _is_demo(addon, file):
            problems.append(f"{place}{xml_id} is already at {seen[xml_id]}")
        seen[xml_id] = place
    for file in addon.csv:
        for line, row in enumerate(file.rows, start=2):
            if row.get("id") in seen:
                problems.append(
                    file.at(line, f"{row['id']} is already at {seen[row['id']]}")
                )
            seen[row.get("id")] = file.at(line, "")
    return problems


def check_dangling(tree, addon):
    problems = []
    for reference in addon.references:
        module, _dot, name = reference.xml_id.partition(".")
        if not exists(tree, addon, module, name):
            problems.append(
                reference.file.at(reference.node, f"{reference.xml_id} does not exist")
            )
    return problems


def exists(tree, addon, module, name):
    if module in tree.addons:
        owner = tree.addons[module]
        if name in owner.xml_ids:
            return True
        if name.startswith("model_"):
            return name in {
                f"model_{model.name.replace('.', '_')}" for model in owner.models
            }
        if name.startswith(("field_", "selection__", "constraint_")):
            return True
        # Templates that code renders by name, Owl templates and client-action tags.
        return any(
            f"{module}.{name}" in file.text
            for file in owner.scripts + owner.files(".xml")
            if "static" in file.path.parts
        ) or _is_translation_key(tree, module, name)
    if module not in tree.closure(addon.name):
        return True  # said by test_manifests
    if not tree.core.path(module):
        return True
    return bool(AUTOMATIC_ID.match(name)) or name in tree.core.xml_ids(module)


def _is_translation_key(tree, module, name):
    """Assets bundles and report names are keys of the manifest, not records."""
    manifest = tree.addons[module].manifest
    return f"{module}.{name}" in manifest.get("assets", {})


def check_menus(addon):
    """Menus are in one file, loaded last among the data."""
    problems = []
    for _xml_id, element, file in addon.records:
        if element.tag == "menuitem" and not file.path.name.endswith("_menus.xml"):
            problems.append(file.at(element, "a menu outside of *_menus.xml"))
    data = addon.manifest.get("data", [])
    late = [name for name in data if name.endswith("_menus.xml")]
    if late and data[-len(late) :] != late:
        problems.append(f"addons/{addon.name}: {', '.join(late)} is not loaded last")
    return problems


def view_filters(tree):
    """Return model -> names of the filters and fields in search views of the suite."""
    names = {}
    for addon in tree:
        for _xml_id, record, _file in addon.records:
            arch = view_arch(record) if record.get("model") == "ir.ui.view" else None
            if arch is None:
                continue
            nodes = arch.iter("filter", "field")
            names.setdefault(field_text(record, "model"), set()).update(
                node.get("name") for node in nodes if node.get("name")
            )
    return names


SEARCH_DEFAULT = re.compile(r"""["']search_default_(\w+)["']""")


def check_search_defaults(tree, addon):
    """A filter switched on by a context exists in a search view of the model."""
    filters = view_filters(tree)
    every = {name for names in filters.values() for name in names}
    problems = []
    for xml_id, record, file in addon.records:
        model = field_text(record, "res_model") if record.tag == "record" else None
        for name in SEARCH_DEFAULT.findall(field_text(record, "context") or ""):
            if name in filters.get(model, ()):
                continue
            if not (model or "").startswith("qifei.") and _core_filter(
                tree, addon, name
            ):
                continue
            problems.append(
                file.at(record, f"{xml_id}: {model} has no filter named {name}")
            )
    for file in addon.xml:
        for element in file.root.iter("button", "a", "field"):
            for name in SEARCH_DEFAULT.findall(element.get("context") or ""):
                if name not in every and not _core_filter(tree, addon, name):
                    problems.append(file.at(element, f"no filter is named {name}"))
    for file in addon.python:
        for number, line in enumerate(file.lines, start=1):
            for name in SEARCH_DEFAULT.findall(line):
                if name not in every and not _core_filter(tree, addon, name):
                    problems.append(file.at(number, f"no filter is named {name}"))
    return problems


def _core_filter(tree, addon, name):
    modules = tree.closure(addon.name) - set(tree.addons)
    return any(
        name in tree.core.filters(module)
        for module in modules
        if tree.core.path(module)
    )


def check_views(addon):
    """No hidden helper fields, no old names of the list view, named pages."""
    problems = []
    for xml_id, record, file in addon.records:
        arch = view_arch(record) if record.get("model") == "ir.ui.view" else None
        if arch is None:
            continue
        for node in arch.iter():
            if not isinstance(node.tag, str):
                continue
            hidden = node.get("invisible") in HELPERS
            # Odoo adds what an expression needs, but not the currency of an amount.
            if (
                node.tag == "field"
                and (hidden or node.get("column_invisible") in HELPERS)
                and not node.get("name", "").endswith("currency_id")
            ):
                problems.append(
                    file.at(node, f"{xml_id}: hidden helper {node.get('name')}")
                )
            if node.tag == "tree" or node.get("view_mode") == "tree":
                problems.append(file.at(node, f"{xml_id}: the list view is a list"))
            if node.tag in ("page", "filter") and not node.get("name"):
                problems.append(file.at(node, f"{xml_id}: a {node.tag} without a name"))
            if node.get("attrs") or node.get("states"):
                problems.append(file.at(node, f"{xml_id}: attrs and states are gone"))
        names = [node.get("name") for node in arch.iter("filter")]
        problems += [
            file.at(record, f"{xml_id}: two filters are named {name}")
            for name in sorted({name for name in names if names.count(name) > 1})
        ]
    return problems


def check_paths(tree):
    """The address of an action is its own."""
    seen, problems = {}, []
    for addon in tree:
        for xml_id, record, file in addon.records:
            path = field_text(record, "path") if record.tag == "record" else None
            if not path or not (record.get("model") or "").startswith("ir.actions"):
                continue
            if not re.fullmatch(r"[a-z][a-z0-9-]*", path):
                problems.append(file.at(record, f"{xml_id}: path {path}"))
            if path in seen:
                problems.append(file.at(record, f"{xml_id}: path of {seen[path]}"))
            seen[path] = xml_id
    return problems


def check_menu_actions(addon):
    """A screen reached by a menu has an empty-list help."""
    wanted = {
        element.get("action", "").rpartition(".")[2]
        for _xml_id, element, _file in addon.records
        if element.tag == "menuitem"
    }
    return [
        file.at(record, f"{xml_id}: no help text for the empty list")
        for xml_id, record, file in addon.records
        if record.get("model") == "ir.actions.act_window"
        and xml_id in wanted
        and record.find("field[@name='help']") is None
    ]


def test_ids_have_their_form(tree):
    refuse(problem for addon in tree for problem in check_forms(addon))


def test_ids_are_unique(tree):
    refuse(problem for addon in tree for problem in check_unique(addon))


def test_references_exist(tree):
    refuse(problem for addon in tree for problem in check_dangling(tree, addon))


def test_menus_come_last(tree):
    refuse(problem for addon in tree for problem in check_menus(addon))


def test_default_filters_exist(tree):
    refuse(problem for addon in tree for problem in check_search_defaults(tree, addon))


def test_views_have_no_leftovers(tree):
    refuse(problem for addon in tree for problem in check_views(addon))


def test_action_paths(tree):
    refuse(check_paths(tree))


def test_menu_actions_help(tree):
    refuse(problem for addon in tree for problem in check_menu_actions(addon))


# === THE CHECKS THEMSELVES === #


def test_bad_ids_are_noticed(make_tree):
    tree = make_tree(
        {
            "qifei_x/__manifest__.py": """
            {"data": ["views/x_menus.xml", "views/a.xml"], "depends": ["base"]}
            """,
            "qifei_x/views/x_menus.xml": """
            <odoo><menuitem id="menu_x" groups="group_gone"/></odoo>
            """,
            "qifei_x/views/a.xml": """
            <odoo>
              <menuitem id="x_menu" action="qifei_a_action"/>
              <record id="view_a_form" model="ir.ui.view">
                <field name="model">qifei.a</field>
                <field name="arch" type="xml">
                  <form>
                    <field name="helper" invisible="1"/>
                    <page string="P"/>
                  </form>
                </field>
              </record>
              <record id="qifei_a_view_search" model="ir.ui.view">
                <field name="model">qifei.a</field>
                <field name="arch" type="xml">
                  <search><filter name="mine"/><filter name="mine"/></search>
                </field>
              </record>
              <record id="qifei_a_action" model="ir.actions.act_window">
                <field name="res_model">qifei.a</field>
                <field name="path">A b</field>
                <field name="context">{'search_default_my': 1}</field>
              </record>
              <record id="action_a" model="ir.actions.act_window">
                <field name="res_model">qifei.a</field>
                <field name="view_id" ref="qifei_a_view_list"/>
              </record>
              <record id="a_demo" model="qifei.a"/>
              <record id="a_demo" model="qifei.a"/>
            </odoo>
            """,
            "qifei_x/models/a.py": """
            def a(env):
                return env.ref("qifei_x.nowhere"), {"search_default_never_there": 1}
            """,
        }
    )
    addon = tree.addons["qifei_x"]
    text = "\n".join(check_forms(addon))
    for part in ("menu_x: not", "view_a_form: not", "action_a: not", "a_demo: only"):
        assert part in text
    assert any("a_demo is already at" in line for line in check_unique(addon))
    text = "\n".join(check_dangling(tree, addon))
    for part in ("group_gone", "qifei_a_view_list", "qifei_x.nowhere"):
        assert f"{part} does not exist" in text
    text = "\n".join(check_menus(addon))
    assert "outside" in text
    assert "not loaded last" in text
    text = "\n".join(check_search_defaults(tree, addon))
    assert "named my" in text
    assert "never_there" in text
    text = "\n".join(check_views(addon))
    for part in ("helper", "page without a name", "two filters"):
        assert part in text
    assert any("path A b" in line for line in check_paths(tree))
    assert check_menu_actions(addon)


def test_core_ids_are_looked_up(make_tree):
    tree = make_tree(
        {
            "qifei_x/__manifest__.py": '{"depends": ["base"]}',
            "qifei_x/models/a.py": """
            GOOD = lambda env: env.ref("base.group_user")
            BAD = lambda env: env.ref("base.group_usre")
            """,
        }
    )
    if tree.core:
        problems = check_dangling(tree, tree.addons["qifei_x"])
        assert len(problems) == 1
        assert "group_usre" in problems[0]
