"""The addons read as files: no Odoo import, no database, no server.

`SourceTree` parses manifests, Python, XML and CSV once; the checks in `test_*.py`
are functions from a tree (or an addon) to a list of problems, so that each check can
be shown a bad addon in its own test.
"""

import ast
import csv
import functools
import importlib.util
import re
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).resolve().parents[1]

MODEL_BASES = ("Model", "TransientModel", "AbstractModel")
AUTOMATIC_ID = re.compile(r"(model|field|selection|constraint)_|module_(?!category)")


def refuse(problems):
    """Fail with one line per problem."""
    problems = list(problems)
    assert not problems, f"{len(problems)} problems:\n" + "\n".join(problems)


@dataclass
class SourceFile:
    """One text file of an addon, with the name used in messages."""

    path: Path
    label: str

    @functools.cached_property
    def text(self):
        return self.path.read_text(encoding="utf-8")

    @functools.cached_property
    def lines(self):
        return self.text.splitlines()

    @functools.cached_property
    def tree(self):
        return ast.parse(self.text)

    @functools.cached_property
    def root(self):
        return etree.fromstring(self.text.encode())

    @functools.cached_property
    def rows(self):
        return list(csv.DictReader(self.text.splitlines()))

    def at(self, node, message):
        """Return the problem `message` placed at an ast or lxml node or a line."""
        line = getattr(node, "lineno", None) or getattr(node, "sourceline", node)
        return f"{self.label}:{line}: {message}"


@dataclass
class ModelClass:
    """One class that defines or extends a model."""

    file: SourceFile
    node: ast.ClassDef
    kind: str
    name: str
    defines: bool
    inherits: tuple
    fields: dict = field(default_factory=dict)
    methods: dict = field(default_factory=dict)
    attributes: dict = field(default_factory=dict)


@dataclass
class Reference:
    """A mention of an XML id, complete with its module."""

    xml_id: str
    file: SourceFile
    node: object

    @property
    def module(self):
        return self.xml_id.split(".", 1)[0]


class Addon:
    """One addon folder."""

    def __init__(self, path, tree):
        self.path = path
        self.name = path.name
        self.tree = tree

    def __repr__(self):
        return f"Addon({self.name})"

    def file(self, relative):
        path = self.path / relative
        return SourceFile(path, str(path.relative_to(self.tree.root)))

    def files(self, suffix):
        """Return the files with this suffix; what a wheel build leaves is not ours."""
        return [
            self.file(path.relative_to(self.path))
            for path in sorted(self.path.rglob(f"*{suffix}"))
            if path.is_file() and not {"node_modules", "lib"} & set(path.parts)
        ]

    @functools.cached_property
    def manifest(self):
        return ast.literal_eval(self.file("__manifest__.py").text)

    @property
    def depends(self):
        return self.manifest.get("depends", [])

    @functools.cached_property
    def python(self):
        """Python files of the product; its tests are in `python_tests`."""
        return [file for file in self.files(".py") if not self._is_test(file)]

    @functools.cached_property
    def python_tests(self):
        return [file for file in self.files(".py") if self._is_test(file)]

    def _is_test(self, file):
        return "tests" in file.path.relative_to(self.path).parts

    @functools.cached_property
    def xml(self):
        """XML files that Odoo loads as data, not Owl templates."""
        return [
            file
            for file in self.files(".xml")
            if "static" not in file.path.relative_to(self.path).parts
        ]

    @functools.cached_property
    def csv(self):
        return self.files(".csv")

    @functools.cached_property
    def scripts(self):
        return [file for file in self.files(".js") if not self._is_test(file)]

    @functools.cached_property
    def models(self):
        return [
            model for file in self.python for model in _model_classes(file) if model
        ]

    @property
    def defined_models(self):
        return {model.name: model for model in self.models if model.defines}

    @functools.cached_property
    def records(self):
        """Return `[(xml_id without module, element, file)]` of the data files."""
        found = []
        for file in self.xml:
            for element in file.root.iter("record", "template", "menuitem"):
                xml_id = element.get("id")
                if xml_id:
                    found.append((xml_id, element, file))
        return found

    @functools.cached_property
    def xml_ids(self):
        """Ids this addon creates, without its name."""
        ids = {
            xml_id.removeprefix(f"{self.name}.")
            for xml_id, _element, _file in self.records
        }
        for file in self.csv:
            ids.update(row["id"] for row in file.rows if "id" in row)
        return ids

    @functools.cached_property
    def references(self):
        """Every XML id that the data and the Python code of this addon mention."""
        found = []
        for file in self.xml:
            for text, element in _xml_references(file.root):
                found.append(Reference(self.qualify(text), file, element))
        for file in self.csv:
            for line, row in enumerate(file.rows, start=2):
                for column, value in row.items():
                    if column and column.endswith((":id", "/id")) and value:
                        for text in value.split(","):
                            found.append(Reference(self.qualify(text), file, line))
        for file in self.python:
            for text, node in _python_references(file.tree, self.tree.addons):
                found.append(Reference(self.qualify(text), file, node))
        return found

    def qualify(self, xml_id):
        xml_id = xml_id.strip()
        return xml_id if "." in xml_id else f"{self.name}.{xml_id}"


class SourceTree:
    """All addons below one folder, with the Odoo they stand on where it is found."""

    def __init__(self, root=ROOT):
        self.root = root
        self.addons = {
            path.parent.name: Addon(path.parent, self)
            for path in sorted((root / "addons").glob("*/__manifest__.py"))
        }
        self.core = CoreIndex()

    def __iter__(self):
        return iter(self.addons.values())

    def closure(self, name):
        """Return the addon names that `name` stands on, itself included."""
        seen, queue = set(), [name]
        while queue:
            current = queue.pop()
            if current not in seen:
                seen.add(current)
                addon = self.addons.get(current)
                queue.extend(addon.depends if addon else self.core.depends(current))
        return seen

    def inherited_models(self, model):
        """Return the class and those of its mixins that the suite defines."""
        found, queue = [], [model]
        defined = {
            name: other
            for addon in self
            for name, other in addon.defined_models.items()
        }
        while queue:
            current = queue.pop()
            found.append(current)
            queue.extend(
                defined[name]
                for name in current.inherits
                if name in defined and defined[name] not in found
            )
        return found


class CoreIndex:
    """What Odoo and OCA addons define, read from their files as far as asked."""

    def __init__(self):
        spec = importlib.util.find_spec("odoo")
        locations = spec.submodule_search_locations if spec else []
        self.folders = [
            folder
            for location in locations
            for folder in (Path(location) / "addons",)
            if folder.is_dir()
        ]

    def __bool__(self):
        return bool(self.folders)

    @functools.cache  # noqa: B019 - lives as long as the test run
    def path(self, module):
        for folder in self.folders:
            if (folder / module / "__manifest__.py").is_file():
                return folder / module
        return None

    @functools.cache  # noqa: B019
    def depends(self, module):
        if module == "base":
            return ()
        path = self.path(module)
        if path is None:
            return ("base",)
        manifest = ast.literal_eval((path / "__manifest__.py").read_text("utf-8"))
        return tuple(manifest.get("depends") or ["base"])

    def _texts(self, module, pattern):
        for path in sorted(self.path(module).rglob(pattern)):
            parts = path.relative_to(self.path(module)).parts
            if not {"static", "i18n", "tests", "populate"} & set(parts):
                yield path.read_text("utf-8", errors="replace")

    @functools.cache  # noqa: B019
    def xml_ids(self, module):
        """Ids in the data files of a module, with those Odoo makes by itself."""
        ids = set()
        for text in self._texts(module, "*.xml"):
            ids.update(re.findall(r"""\bid=["']([\w.-]+)["']""", text))
        for text in self._texts(module, "*.csv"):
            ids.update(re.findall(r'^"?([\w.-]+)"?,', text, re.MULTILINE))
        return {xml_id.removeprefix(f"{module}.") for xml_id in ids}

    @functools.cache  # noqa: B019
    def models(self, module):
        """Names of the models a module defines."""
        names = set()
        for text in self._texts(module, "*.py"):
            names.update(
                re.findall(r"""^    _name = ["']([\w.]+)["']""", text, re.MULTILINE)
            )
        return names

    @functools.cache  # noqa: B019
    def fields(self, module):
        """Names of the fields a module declares, on models of its own and others."""
        names = set()
        for text in self._texts(module, "*.py"):
            names.update(re.findall(r"^    (\w+) = fields\.", text, re.MULTILINE))
        return names

    @functools.cache  # noqa: B019
    def orm_methods(self):
        """Names of the methods every model has."""
        return {
            name
            for folder in self.folders
            for path in (folder.parent / "orm").glob("*.py")
            for name in re.findall(
                r"^    def (\w+)\(", path.read_text("utf-8"), re.MULTILINE
            )
        }

    @functools.cache  # noqa: B019
    def filters(self, module):
        """Names of filters and fields in the views of a module."""
        names = set()
        for text in self._texts(module, "*.xml"):
            names.update(
                re.findall(
                    r"""<(?:filter|field)\b[^>]*?\bname=["'](\w+)["']""",
                    text,
                    re.DOTALL,
                )
            )
        return names


# === PYTHON === #


def constant(node):
    return node.value if isinstance(node, ast.Constant) else None


def strings(node):
    """Return the texts of a literal: one, or those of a list or tuple."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return (node.value,)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return tuple(text for item in node.elts for text in strings(item))
    return ()


def call_name(node):
    """Return the last name of what is called: `c` for `a.b.c(…)`."""
    function = node.func
    return getattr(function, "attr", None) or getattr(function, "id", None)


def keyword(node, name):
    return next((item.value for item in node.keywords if item.arg == name), None)


def _model_classes(file):
    for node in file.tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        kinds = [
            base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
            for base in node.bases
        ]
        kind = next((kind for kind in kinds if kind in MODEL_BASES), None)
        if kind is None:
            continue
        attributes = {
            target.id: item.value
            for item in node.body
            if isinstance(item, ast.Assign)
            for target in item.targets
            if isinstance(target, ast.Name)
        }
        name = strings(attributes.get("_name"))
        inherits = strings(attributes.get("_inherit"))
        if not name and not inherits:
            continue
        yield ModelClass(
            file=file,
            node=node,
            kind=kind,
            name=(name or inherits)[0],
            defines=bool(name) and name[0] not in inherits,
            inherits=inherits,
            fields={
                attribute: value
                for attribute, value in attributes.items()
                if isinstance(value, ast.Call)
                and isinstance(value.func, ast.Attribute)
                and getattr(value.func.value, "id", "") == "fields"
            },
            methods={
                item.name: item
                for item in node.body
                if isinstance(item, ast.FunctionDef)
            },
            attributes=attributes,
        )


_XML_ID_CALLS = {"ref", "has_group", "_for_xml_id", "_xmlid_lookup"}
_XML_ID_TEXT = re.compile(r"[a-z][a-z0-9_]*\.[A-Za-z0-9_]+")
_SETTINGS_CALLS = {"get_param", "set_param", "getLogger"}


def _python_references(tree, addons):
    settings = {
        id(argument)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and call_name(node) in _SETTINGS_CALLS
        for argument in node.args
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if call_name(node) in _XML_ID_CALLS and node.args:
                for text in strings(node.args[0]):
                    if _XML_ID_TEXT.fullmatch(text):
                        yield text, node
            for text in strings(keyword(node, "groups")):
                for group in text.split(","):
                    yield group.strip().lstrip("!"), node
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in settings
            and _XML_ID_TEXT.fullmatch(node.value)
            and node.value.split(".")[0] in addons
        ):
            yield node.value, node


# === XML === #

_ID_ATTRIBUTES = ("ref", "inherit_id", "parent", "action")
_EVAL = re.compile(r"""\bref\(\s*["']([\w.]+)["']""")
_INTERPOLATED = re.compile(r"%\(([\w.]+)\)d")
_VIEW_REFERENCE = re.compile(r"""_view_ref["']\s*:\s*["']([\w.]+)["']""")


def _xml_references(root):
    for element in root.iter(etree.Element):
        for name, value in element.attrib.items():
            if name in _ID_ATTRIBUTES and (name != "action" or _is_menu(element)):
                if re.fullmatch(r"[\w.]+", value):
                    yield value, element
            elif name == "groups":
                for group in value.split(","):
                    yield group.strip().lstrip("!"), element
            elif name in ("t-call", "t-snippet-call"):
                if re.fullmatch(r"\w+\.\w+", value):
                    yield value, element
            else:
                for pattern in (_EVAL, _INTERPOLATED, _VIEW_REFERENCE):
                    for text in pattern.findall(value):
                        yield text, element
        if element.text and element.tag == "field":
            for pattern in (_EVAL, _INTERPOLATED, _VIEW_REFERENCE):
                for text in pattern.findall(element.text):
                    yield text, element


def _is_menu(element):
    return element.tag == "menuitem"


def field_text(record, name):
    """Return the text, reference or evaluated expression of a field of a record."""
    element = record.find(f"field[@name='{name}']")
    if element is None:
        return None
    return element.get("ref") or element.get("eval") or (element.text or "").strip()


def view_arch(record):
    """Return the first element of the view in a record, or None."""
    element = record.find("field[@name='arch']")
    if element is None:
        return None
    return next(element.iterchildren(etree.Element), None)
