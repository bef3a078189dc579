"""Every model states who may do what, and no company sees another's documents."""

import re

from source_tree import AUTOMATIC_ID, field_text, keyword, refuse, strings

OPERATIONS = ("read", "write", "create", "unlink")
ROLES = ("agent", "dispatcher", "engineer", "parts_keeper", "manager", "admin")
OUTSIDERS = ("base.group_portal", "base.group_public")

# Groups an access row may name, with the role that ends the id of the row.
ROLE_OF_GROUP = {
    **{f"qifei_base.group_{role}": role for role in ROLES},
    "base.group_user": "user",
    "base.group_system": "system",
    "base.group_portal": "portal",
    "base.group_public": "public",
}

# Roles that reach each role through implied groups.
IMPLIED_BY = {
    "agent": ("user",),
    "dispatcher": ("user",),
    "engineer": ("user",),
    "parts_keeper": ("user",),
    "manager": ("user", "agent", "dispatcher", "parts_keeper"),
    "admin": ("user", "agent", "dispatcher", "parts_keeper", "manager"),
}


def access_rows(addon):
    """Return `[(line, row, model, group)]` of ir.model.access.csv."""
    path = addon.path / "security/ir.model.access.csv"
    if not path.is_file():
        return []
    file = addon.file("security/ir.model.access.csv")
    return [
        (
            line,
            row,
            row["model_id:id"].rpartition(".")[2].removeprefix("model_"),
            addon.qualify(row["group_id:id"]) if row["group_id:id"] else "",
        )
        for line, row in enumerate(file.rows, start=2)
    ]


def concrete_models(addon):
    return [
        model
        for model in addon.models
        if model.defines and model.kind != "AbstractModel"
    ]


def check_rows(addon):
    """Each row has the form of its id, one known group and no writing outsiders."""
    file = addon.file("security/ir.model.access.csv")
    problems, seen = [], {}
    for line, row, model, group in access_rows(addon):
        role = ROLE_OF_GROUP.get(group)
        if role is None:
            problems.append(file.at(line, f"group “{group}” is none of the roles"))
            continue
        if row["id"] != f"access_{model}_{role}":
            problems.append(
                file.at(line, f"id {row['id']} is not access_{model}_{role}")
            )
        if (model, group) in seen:
            problems.append(file.at(line, f"second row of {model} for {role}"))
        seen[model, group] = line
        granted = [name for name in OPERATIONS if row[f"perm_{name}"] == "1"]
        if group in OUTSIDERS and set(granted) - {"read"}:
            problems.append(file.at(line, f"{role} may {', '.join(granted)}"))
        if not granted:
            problems.append(file.at(line, "the row grants nothing"))
    return problems


def check_models(addon):
    """Each concrete model, wizards too, has rows, one for every role that needs it."""
    by_model = {}
    for _line, _row, model, group in access_rows(addon):
        by_model.setdefault(model, set()).add(ROLE_OF_GROUP.get(group))
    problems = []
    for model in concrete_models(addon):
        roles = by_model.get(model.name.replace(".", "_"))
        if not roles:
            problems.append(
                model.file.at(model.node, f"{model.name} has no access row")
            )
        elif not roles - {"portal", "public", None}:
            problems.append(model.file.at(model.node, f"{model.name}: outsiders only"))
        elif not {"manager", "admin", "system"} & roles and not any(
            role in roles for role in IMPLIED_BY["manager"]
        ):
            problems.append(
                model.file.at(model.node, f"{model.name} is closed to the manager")
            )
    return problems


def company_models(tree, addon):
    """Models of the addon with a company of their own, directly or by a mixin."""
    return [
        model
        for model in addon.models
        if model.kind == "Model"
        and model.defines
        and any("company_id" in other.fields for other in tree.inherited_models(model))
    ]


def check_company_rules(tree, addon):
    """A global rule keeps each company's documents to the company."""
    ruled = {}
    for _xml_id, record, _file in addon.records:
        if record.get("model") != "ir.rule":
            continue
        domain = field_text(record, "domain_force") or ""
        if re.search(r"company_ids?\b", domain) and not field_text(record, "groups"):
            model = field_text(record, "model_id") or ""
            ruled[model.rpartition(".")[2].removeprefix("model_")] = record
    return [
        model.file.at(model.node, f"{model.name} has no multi-company rule")
        for model in company_models(tree, addon)
        if model.name.replace(".", "_") not in ruled
    ]


def check_company_consistency(tree, addon):
    """Relations of a company's document to another company's are checked."""
    owned = {model.name for other in tree for model in company_models(tree, other)} | {
        "product.product",
        "stock.location",
    }
    problems = []
    for model in company_models(tree, addon):
        automatic = model.attributes.get("_check_company_auto")
        if automatic is None:
            checked = [
                name
                for name, call in model.fields.items()
                if keyword(call, "check_company") is not None
            ]
            if checked:
                problems.append(
                    model.file.at(
                        model.node,
                        f"{model.name}: check_company on {', '.join(checked)} does "
                        "nothing without _check_company_auto",
                    )
                )
            continue
        for name, call in model.fields.items():
            comodel = strings(call.args[0]) if call.args else ()
            if (
                call.func.attr == "Many2one"
                and set(comodel) & owned
                and keyword(call, "check_company") is None
                and keyword(call, "related") is None
                and keyword(call, "ondelete") is None
            ):
                problems.append(
                    model.file.at(call, f"{model.name}.{name}: no check_company")
                )
    return problems


def check_rule_targets(addon):
    """Rules are for models."""
    problems = []
    for xml_id, record, file in addon.records:
        if record.get("model") != "ir.rule":
            continue
        model = field_text(record, "model_id") or ""
        if not AUTOMATIC_ID.match(model.rpartition(".")[2]):
            problems.append(file.at(record, f"{xml_id}: model_id {model} is no model"))
    return problems


def test_access_rows_are_well_formed(tree):
    refuse(problem for addon in tree for problem in check_rows(addon))


def test_every_model_has_access_rows(tree):
    refuse(problem for addon in tree for problem in check_models(addon))


def test_every_company_document_has_its_rule(tree):
    refuse(problem for addon in tree for problem in check_company_rules(tree, addon))


def test_relations_stay_in_the_company(tree):
    refuse(
        problem for addon in tree for problem in check_company_consistency(tree, addon)
    )


def test_rules_have_targets(tree):
    refuse(problem for addon in tree for problem in check_rule_targets(addon))


# === THE CHECKS THEMSELVES === #

HEADER = "id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink"


def rows(*lines):
    """Return an access file with these rows."""
    return "\n".join((HEADER, *lines))


def test_bad_access_rows_are_noticed(make_tree):
    tree = make_tree(
        {
            "qifei_x/security/ir.model.access.csv": rows(
                "access_a_agent,a,model_qifei_a,qifei_base.group_agent,1,1,1,0",
                "access_qifei_a_portal,a,model_qifei_a,base.group_portal,1,1,0,0",
                "access_qifei_a_all,a,model_qifei_a,,1,0,0,0",
                "access_qifei_a_user,a,model_qifei_a,base.group_user,0,0,0,0",
                "access_qifei_a_user,a,model_qifei_a,base.group_user,1,0,0,0",
            )
        }
    )
    text = "\n".join(check_rows(tree.addons["qifei_x"]))
    assert "access_a_agent is not access_qifei_a_agent" in text
    assert "portal may read, write" in text
    assert "none of the roles" in text
    assert "grants nothing" in text
    assert "second row" in text


def test_unprotected_models_are_noticed(make_tree):
    tree = make_tree(
        {
            "qifei_x/models/a.py": """
            from odoo import fields, models

            class Mixin(models.AbstractModel):
                _name = "qifei.mixin"
                company_id = fields.Many2one("res.company")

            class A(models.Model):
                _name = "qifei.a"
                _inherit = ["qifei.mixin"]
                b_id = fields.Many2one("qifei.b", check_company=True)

            class B(models.Model):
                _name = "qifei.b"
                _check_company_auto = True
                company_id = fields.Many2one("res.company")
                a_id = fields.Many2one("qifei.a")

            class W(models.TransientModel):
                _name = "qifei.w"
            """,
            "qifei_x/security/ir.model.access.csv": rows(
                "access_qifei_a_portal,a,model_qifei_a,base.group_portal,1,0,0,0",
            ),
            "qifei_x/security/a.xml": """
            <odoo>
              <record id="r" model="ir.rule">
                <field name="model_id" ref="qifei_a"/>
                <field name="groups" eval="[(4, ref('base.group_portal'))]"/>
                <field name="domain_force">[('company_id', 'in', company_ids)]</field>
              </record>
            </odoo>
            """,
        }
    )
    addon = tree.addons["qifei_x"]
    text = "\n".join(check_models(addon))
    assert "qifei.a: outsiders only" in text
    assert "qifei.b has no access row" in text
    assert "qifei.w has no access row" in text
    assert len(check_company_rules(tree, addon)) == 2
    consistency = "\n".join(check_company_consistency(tree, addon))
    assert "does nothing without" in consistency
    assert "qifei.b.a_id: no check_company" in consistency
    text = "\n".join(check_rule_targets(addon))
    assert "is no model" in text
