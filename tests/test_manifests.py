"""Every addon has a complete manifest that names its files and its needs, no more."""

import ast
import re
import tomllib

from source_tree import call_name, keyword, refuse, strings

KEYS = (
    "name",
    "summary",
    "version",
    "category",
    "author",
    "website",
    "license",
    "depends",
    "external_dependencies",
    "data",
    "demo",
    "assets",
    "application",
    "auto_install",
    "pre_init_hook",
    "post_init_hook",
    "uninstall_hook",
)
REQUIRED = KEYS[:8]
# What stands between security and menus follows what it refers to.
DATA_ORDER = ("security", "", "menus")
DISTRIBUTIONS = {"pil": "pillow"}
# Libraries whose script is a global variable of the page.
GLOBALS = {"web_leaflet_lib": r"\bL\.\w+\("}
README = ("DESCRIPTION.md", "CONFIGURE.md", "USAGE.md", "HISTORY.md")


def check_keys(addon):
    file = addon.file("__manifest__.py")
    keys = list(addon.manifest)
    problems = [f"unknown key {key}" for key in keys if key not in KEYS]
    problems += [f"key {key} is missing" for key in REQUIRED if key not in keys]
    known = [key for key in keys if key in KEYS]
    if known != sorted(known, key=KEYS.index):
        problems.append(f"keys out of order: {', '.join(known)}")
    if not re.fullmatch(r"19\.0\.\d+\.\d+\.\d+", addon.manifest.get("version", "")):
        problems.append("the version is not 19.0.x.y.z")
    if addon.manifest.get("license") != "AGPL-3":
        problems.append("the license is not AGPL-3")
    if addon.depends != sorted(addon.depends):
        problems.append("depends: out of alphabetical order")
    return [file.at(1, problem) for problem in problems]


def check_files(addon):
    """Every listed file exists, every data file is listed, once, in load order."""
    file = addon.file("__manifest__.py")
    listed = addon.manifest.get("data", []) + addon.manifest.get("demo", [])
    problems = [
        f"{name} does not exist" for name in listed if not (addon.path / name).is_file()
    ]
    problems += [
        f"{name} is listed twice" for name in set(listed) if listed.count(name) > 1
    ]
    present = {
        str(source.path.relative_to(addon.path)) for source in addon.xml + addon.csv
    }
    problems += [f"{name} is not listed" for name in sorted(present - set(listed))]
    data = addon.manifest.get("data", [])
    sections = [_section(name) for name in data]
    if sections != sorted(sections, key=DATA_ORDER.index):
        problems.append(f"data out of order: {', '.join(dict.fromkeys(sections))}")
    problems += [
        f"{name} belongs into demo"
        for name in addon.manifest.get("data", [])
        if name.startswith("demo/")
    ]
    return [file.at(1, problem) for problem in problems]


def _section(name):
    if name.endswith("_menus.xml"):
        return "menus"
    return "security" if name.startswith("security/") else ""


def check_assets(addon):
    file = addon.file("__manifest__.py")
    paths = [
        path
        for entries in addon.manifest.get("assets", {}).values()
        for entry in entries
        for path in (entry if isinstance(entry, tuple | list) else (entry,))
        if path.startswith(f"{addon.name}/")
    ]
    return [
        file.at(1, f"asset {path} matches no file")
        for path in paths
        if not any(addon.path.parent.glob(path))
    ]


def check_undeclared(tree, addon):
    """What is mentioned by XML id or imported is among the dependencies."""
    closure = tree.closure(addon.name)
    problems = [
        reference.file.at(
            reference.node, f"{reference.xml_id}: {reference.module} is no dependency"
        )
        for reference in addon.references
        if reference.module not in closure
    ]
    for file in addon.python:
        for module, node in imported_addons(file):
            if module not in closure:
                problems.append(file.at(node, f"import of {module}: no dependency"))
    return problems


def imported_addons(file):
    """Return `[(addon, node)]` of the imports from `odoo.addons`."""
    found = []
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if node.module == "odoo.addons":
                found += [(alias.name, node) for alias in node.names]
            elif node.module.startswith("odoo.addons."):
                found.append((node.module.split(".")[2], node))
        elif isinstance(node, ast.Import):
            found += [
                (alias.name.split(".")[2], node)
                for alias in node.names
                if alias.name.startswith("odoo.addons.")
            ]
    return found


def check_unused(tree, addon):
    """Every dependency is used: by XML id, import, asset, model, template or field."""
    mentioned = {reference.module for reference in addon.references}
    for file in addon.python:
        mentioned.update(module for module, _node in imported_addons(file))
    for file in addon.scripts:
        mentioned.update(re.findall(r"""from ["']@(\w+)/""", file.text))
        mentioned.update(
            module
            for module, pattern in GLOBALS.items()
            if re.search(pattern, file.text)
        )
    for bundle in addon.manifest.get("assets", {}):
        mentioned.add(bundle.split(".", 1)[0])
    models = _mentioned_models(addon)
    return [
        addon.file("__manifest__.py").at(1, f"dependency {module} is not used")
        for module in addon.depends
        if module not in mentioned
        and not models & _models_of(tree, module)
        and not _uses_fields_of(tree, addon, module)
    ]


def _uses_fields_of(tree, addon, module):
    """Tell whether the addon names a field that this dependency alone declares."""
    if not tree.core.path(module):
        return False
    others = set().union(
        *(
            tree.core.fields(other)
            for other in tree.closure(addon.name) - {module, *tree.addons}
            if tree.core.path(other)
        )
    )
    names = tree.core.fields(module) - others
    texts = [file.text for file in (*addon.python, *addon.xml)]
    return any(re.search(rf"\b{name}\b", text) for name in names for text in texts)


def _mentioned_models(addon):
    names = {name for model in addon.models for name in (model.name, *model.inherits)}
    for file in addon.python:
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Call):
                arguments = [*node.args[:1], keyword(node, "comodel_name")]
                names.update(
                    text
                    for argument in arguments
                    for text in strings(argument)
                    if call_name(node) in ("Many2one", "One2many", "Many2many")
                )
            elif isinstance(node, ast.Subscript):
                names.update(strings(node.slice))
    for _xml_id, element, _file in addon.records:
        names.add(element.get("model"))
    return names


def _models_of(tree, module):
    if module in tree.addons:
        return set(tree.addons[module].defined_models)
    return tree.core.models(module) if tree.core.path(module) else set()


def check_external(addon):
    """Python packages that come neither with Odoo nor with Python are declared."""
    declared = set(addon.manifest.get("external_dependencies", {}).get("python", []))
    file = addon.file("__manifest__.py")
    imported = set()
    for source in addon.python:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Import):
                imported.update(_package(alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                imported.add(_package(node.module))
    return [
        file.at(1, f"external dependency {name} is not used")
        for name in sorted(declared)
        if name.lower() not in imported
    ]


def _package(module):
    """Return the name of the package on PyPI that has a module."""
    name = module.split(".")[0].lower()
    return DISTRIBUTIONS.get(name, name)


def check_packaging(addon):
    """The wheel is built by whool; the addon has an icon and readme fragments."""
    problems = []
    pyproject = addon.path / "pyproject.toml"
    if not pyproject.is_file():
        problems.append("pyproject.toml is missing")
    else:
        build = tomllib.loads(pyproject.read_text()).get("build-system", {})
        if build.get("build-backend") != "whool.buildapi":
            problems.append("pyproject.toml: the build backend is not whool")
    for name in README:
        if not (addon.path / "readme" / name).is_file():
            problems.append(f"readme/{name} is missing")
    if not (addon.path / "static/description/icon.png").is_file():
        problems.append("static/description/icon.png is missing")
    return [f"addons/{addon.name}: {problem}" for problem in problems]


def test_keys_version_and_licence(tree):
    refuse(problem for addon in tree for problem in check_keys(addon))


def test_data_files_are_listed_and_exist(tree):
    refuse(problem for addon in tree for problem in check_files(addon))


def test_assets_exist(tree):
    refuse(problem for addon in tree for problem in check_assets(addon))


def test_everything_used_is_declared(tree):
    refuse(problem for addon in tree for problem in check_undeclared(tree, addon))


def test_everything_declared_is_used(tree):
    refuse(problem for addon in tree for problem in check_unused(tree, addon))


def test_external_packages_are_used(tree):
    refuse(problem for addon in tree for problem in check_external(addon))


def test_packaging_is_complete(tree):
    refuse(problem for addon in tree for problem in check_packaging(addon))


# === THE CHECKS THEMSELVES === #


def test_bad_manifest_is_noticed(make_tree):
    tree = make_tree(
        {
            "qifei_x/__manifest__.py": """
            {
                "version": "1.0",
                "name": "X",
                "license": "LGPL-3",
                "description": "no",
                "depends": ["mail", "account", "qifei_base"],
            }
            """
        }
    )
    text = "\n".join(check_keys(tree.addons["qifei_x"]))
    for part in ("description", "out of order", "19.0", "AGPL", "author", "depends"):
        assert part in text


def test_files_out_of_step_are_noticed(make_tree):
    tree = make_tree(
        {
            "qifei_x/__manifest__.py": """
            {
                "data": ["views/menu.xml", "security/gone.csv", "demo/a.xml"],
                "assets": {"web.assets_backend": ["qifei_x/static/src/**/*"]},
            }
            """,
            "qifei_x/views/menu.xml": "<odoo/>",
            "qifei_x/demo/a.xml": "<odoo/>",
            "qifei_x/views/forgotten.xml": "<odoo/>",
        }
    )
    addon = tree.addons["qifei_x"]
    text = "\n".join(check_files(addon))
    assert "security/gone.csv does not exist" in text
    assert "views/forgotten.xml is not listed" in text
    assert "data out of order" in text
    assert "belongs into demo" in text
    assert check_assets(addon)
    assert any(
        "whool" in line or "pyproject" in line for line in check_packaging(addon)
    )


def test_wrong_dependencies_are_noticed(make_tree):
    tree = make_tree(
        {
            "qifei_x/__manifest__.py": """
            {
                "depends": ["product"],
                "external_dependencies": {"python": ["nobody"]},
                "data": ["views/a.xml"],
            }
            """,
            "qifei_x/models/a.py": "from odoo.addons.website.tools import x\n",
            "qifei_x/views/a.xml": '<odoo><menuitem id="a" parent="stock.m"/></odoo>',
        }
    )
    addon = tree.addons["qifei_x"]
    text = "\n".join(check_undeclared(tree, addon))
    assert "stock is no dependency" in text
    assert "website" in text
    assert any("product is not used" in line for line in check_unused(tree, addon))
    assert any("nobody" in line for line in check_external(addon))
