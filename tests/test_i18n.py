"""Every text a person reads can be translated, and is translated into Chinese."""

import ast
import re

import polib
import pytest
from source_tree import call_name, constant, keyword, refuse, view_arch

LANGUAGES = ("zh_CN",)
TRANSLATORS = ("_", "_lt")
EXCEPTIONS = (
    "UserError",
    "ValidationError",
    "AccessError",
    "RedirectWarning",
    "MissingError",
)
FIELD_TYPES = [
    "Binary",
    "Boolean",
    "Char",
    "Date",
    "Datetime",
    "Float",
    "Html",
    "Image",
    "Integer",
    "Json",
    "Many2many",
    "Many2one",
    "Many2oneReference",
    "Monetary",
    "One2many",
    "Properties",
    "PropertiesDefinition",
    "Reference",
    "Selection",
    "Text",
]
VIEW_ATTRIBUTES = ("string", "placeholder", "help", "confirm", "title", "alt")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd](?!\w)|\{\{[^}]*\}\}|\{\w+\}")
LITERAL = r"""(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`)"""
SCRIPT_TEXT = re.compile(rf"\b_t\(\s*({LITERAL}(?:\s*\+\s*{LITERAL})*)", re.DOTALL)


# === TEXTS IN THE SOURCES === #


def code_texts(addon):
    """Yield `(file, node, text)` of what the code hands to a translator."""
    for file in addon.python:
        for node in ast.walk(file.tree):
            if (
                isinstance(node, ast.Call)
                and call_name(node) in TRANSLATORS
                and node.args
                and isinstance(constant(node.args[0]), str)
            ):
                yield file, node, node.args[0].value
    for file in addon.scripts:
        for match in SCRIPT_TEXT.finditer(file.text):
            line = file.text.count("\n", 0, match.start()) + 1
            pieces = re.findall(LITERAL, match.group(1), re.DOTALL)
            text = "".join(piece[1:-1] for piece in pieces)
            yield file, line, re.sub(r"\\(.)", r"\1", text)


def field_texts(addon):
    """Yield `(file, node, text)` of labels, helps and selections that are exported."""
    for model in addon.models:
        for call in model.fields.values():
            if call.func.attr not in FIELD_TYPES:
                continue
            if constant(keyword(call, "export_string_translation")) is False:
                continue
            first = call.args[0] if call.args else None
            if call.func.attr in ("Many2one", "One2many", "Many2many", "Selection"):
                first = None
            for value in (first, keyword(call, "string"), keyword(call, "help")):
                if isinstance(constant(value), str):
                    yield model.file, value, value.value
            for options in (*call.args[:1], keyword(call, "selection")):
                for item in getattr(options, "elts", ()):
                    label = getattr(item, "elts", [None])[-1]
                    if call.func.attr == "Selection" and constant(label):
                        yield model.file, label, label.value


def view_texts(addon):
    """Yield `(file, node, text)` of the attributes of views."""
    for _xml_id, record, file in addon.records:
        arch = record if record.tag == "template" else view_arch(record)
        if arch is None:
            continue
        for node in arch.iter():
            if not isinstance(node.tag, str) or node.tag == "attribute":
                continue
            if node.get("t-translation") == "off":
                continue
            for name in VIEW_ATTRIBUTES:
                text = (node.get(name) or "").strip()
                if text and re.search(r"[A-Za-z]", text):
                    yield file, node, text


def all_texts(addon):
    yield from code_texts(addon)
    yield from field_texts(addon)
    yield from view_texts(addon)


# === CHECKS === #


def check_presence(addon):
    """An addon with texts has a template and every language of the suite."""
    if not any(True for _text in all_texts(addon)):
        return []
    wanted = [f"{addon.name}.pot", *(f"{language}.po" for language in LANGUAGES)]
    return [
        f"addons/{addon.name}/i18n/{name} is missing"
        for name in wanted
        if not (addon.path / "i18n" / name).is_file()
    ]


def check_template(addon):
    """The .pot names every text of the sources."""
    path = addon.path / "i18n" / f"{addon.name}.pot"
    if not path.is_file():
        return []
    terms = [entry.msgid for entry in polib.pofile(str(path))]
    # A piece of a view without other text, such as an icon, is a term as a whole.
    known = {_squeeze(text) for term in terms for text in (term, *_quoted(term))}
    return [
        file.at(node, f"not in the .pot: {text!r}")
        for file, node, text in all_texts(addon)
        if _squeeze(text) not in known
    ]


def _quoted(term):
    """Return the attributes of a term that is a piece of a view."""
    return re.findall(r'="([^"]*)"', term) if term.startswith("<") else []


def _squeeze(text):
    return " ".join(text.split())


def check_translation(addon, language):
    """Each text of the .pot has a finished translation with the same placeholders."""
    path = addon.path / "i18n" / f"{language}.po"
    if not path.is_file():
        return []
    label = f"addons/{addon.name}/i18n/{language}.po"
    entries = polib.pofile(str(path))
    problems = []
    for entry in entries:
        place = f"{label}:{entry.linenum}"
        if entry.obsolete:
            problems.append(f"{place}: obsolete {entry.msgid!r}")
        elif entry.fuzzy:
            problems.append(f"{place}: fuzzy {entry.msgid!r}")
        elif not entry.msgstr.strip():
            problems.append(f"{place}: not translated {entry.msgid!r}")
        elif sorted(PLACEHOLDER.findall(entry.msgid)) != sorted(
            PLACEHOLDER.findall(entry.msgstr)
        ):
            problems.append(f"{place}: other placeholders in {entry.msgstr!r}")
    template = addon.path / "i18n" / f"{addon.name}.pot"
    if template.is_file():
        translated = {entry.msgid for entry in entries}
        problems += [
            f"{label}: {entry.msgid!r} is missing"
            for entry in polib.pofile(str(template))
            if entry.msgid not in translated
        ]
    return problems


def check_literals(addon):
    """A translator gets one literal; a message to a person goes through it."""
    problems = []
    for file in addon.python:
        for node in ast.walk(file.tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = call_name(node)
            first = node.args[0]
            if name in TRANSLATORS:
                if not isinstance(constant(first), str):
                    problems.append(file.at(node, f"{name}(…) of something composed"))
                elif len(node.args) > 1 or re.search(r"%[sd](?!\w)", first.value):
                    problems.append(file.at(node, "texts take named values"))
                if name == "_" and isinstance(node.func, ast.Name):
                    problems.append(file.at(node, "texts are self.env._(…)"))
            elif name in EXCEPTIONS and _is_bare(first):
                problems.append(file.at(node, f"{name} with an untranslated text"))
    for file in addon.scripts:
        for number, line in enumerate(file.lines, start=1):
            if re.search(r"\b_t\(\s*`", line) or re.search(r"\b_t\([a-z]\w*\)", line):
                problems.append(file.at(number, "_t(…) of something composed"))
    return problems


def _is_bare(node):
    """Tell whether a message is a literal, an f-string, or put together."""
    if isinstance(node, ast.BinOp):
        return _is_bare(node.left) or _is_bare(node.right)
    if isinstance(node, ast.JoinedStr):
        return True
    if isinstance(node, ast.Call) and call_name(node) == "format":
        return _is_bare(getattr(node.func, "value", None))
    return isinstance(constant(node), str) and bool(node.value.strip())


def test_translations_are_there(tree):
    refuse(problem for addon in tree for problem in check_presence(addon))


def test_template_is_up_to_date(tree):
    refuse(problem for addon in tree for problem in check_template(addon))


@pytest.mark.parametrize("language", LANGUAGES)
def test_translation_is_complete(tree, language):
    refuse(problem for addon in tree for problem in check_translation(addon, language))


def test_texts_are_literals(tree):
    refuse(problem for addon in tree for problem in check_literals(addon))


# === THE CHECKS THEMSELVES === #


def test_untranslatable_texts_are_noticed(make_tree):
    tree = make_tree(
        {
            "qifei_x/models/a.py": """
            from odoo.exceptions import UserError

            def a(self, x):
                self.env._(f"Hello {x}")
                self.env._("Hello " + x)
                self.env._("Hello %s", x)
                _("Hello")
                raise UserError("No")

            def b(self, x):
                raise UserError("No %s" % x)

            def c(self, x):
                raise UserError(self.env._("No %(x)s", x=x))
            """,
            "qifei_x/static/src/a.js": "export const text = _t(`Hello ${name}`);\n",
        }
    )
    problems = check_literals(tree.addons["qifei_x"])
    lines = sorted(
        int(problem.split(":")[1]) for problem in problems if ".py:" in problem
    )
    assert lines == [4, 5, 6, 7, 8, 11]
    assert any("a.js:1" in problem for problem in problems)


HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'


def test_bad_translations_are_noticed(make_tree):
    tree = make_tree(
        {
            "qifei_x/models/a.py": """
            from odoo import fields, models

            class A(models.Model):
                _name = "qifei.a"
                a = fields.Char("New label", help="New help")
                b = fields.Selection([("x", "New option")], string="Known")
                c = fields.Char("Hidden", export_string_translation=False)

                def a(self):
                    return self.env._("New text")
            """,
            "qifei_x/views/a.xml": """
            <odoo>
              <record id="v" model="ir.ui.view">
                <field name="arch" type="xml"><form string="New title"/></field>
              </record>
            </odoo>
            """,
            "qifei_x/static/src/a.js": 'export const text = _t("New script");\n',
            "qifei_x/i18n/qifei_x.pot": HEADER
            + '\nmsgid "Known"\nmsgstr ""\n\nmsgid "Lost"\nmsgstr ""\n',
            "qifei_x/i18n/zh_CN.po": HEADER
            + '\nmsgid "Known"\nmsgstr ""\n'
            + '\n#, fuzzy\nmsgid "Vague"\nmsgstr "X"\n'
            + '\nmsgid "For %(name)s"\nmsgstr "X %(nom)s"\n',
        }
    )
    addon = tree.addons["qifei_x"]
    text = "\n".join(check_template(addon))
    for part in ("label", "help", "option", "text", "title", "script"):
        assert f"'New {part}'" in text
    assert "Hidden" not in text
    text = "\n".join(check_translation(addon, "zh_CN"))
    for part in ("not translated", "fuzzy", "other placeholders", "'Lost' is missing"):
        assert part in text


def test_missing_translations_are_noticed(make_tree):
    tree = make_tree({"qifei_x/models/a.py": 'A = lambda s: s.env._("Text")\n'})
    assert len(check_presence(tree.addons["qifei_x"])) == 2
