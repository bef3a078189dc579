"""The documentation says what the code does."""

import ast
import re

from source_tree import ROOT, call_name, refuse, strings

ARCHITECTURE = ROOT / "docs/architecture.md"
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)[^)]*\)")


def documented_states(text):
    """Return ``{model: {action: (from states, to state)}}`` of the tables of a page."""
    tables, model = {}, None
    for line in text.splitlines():
        heading = re.fullmatch(r"### (qifei\.[\w.]+)", line)
        if heading:
            model = heading.group(1)
        elif line.startswith("#"):
            model = None
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if model and line.startswith("|") and cells[0] not in ("action", "---"):
            tables.setdefault(model, {})[cells[0]] = (
                frozenset(cells[1].split(", ")),
                cells[2],
            )
    return tables


def coded_states(tree):
    """Return the same of the transition tables of the addons."""
    tables = {}
    for addon in tree:
        literals = _module_literals(addon)
        for model in addon.models:
            method = model.methods.get("_get_transitions")
            if method is None or model.kind == "AbstractModel":
                continue
            for node in ast.walk(method):
                if isinstance(node, ast.Dict):
                    tables.setdefault(model.name, {}).update(_rows(node, literals))
    return tables


def _module_literals(addon):
    """Return ``{name: texts}`` of the constants that tables may refer to."""
    return {
        target.id: strings(node.value)
        for file in addon.python
        for node in file.tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _rows(node, literals):
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(value, ast.Call) and call_name(value) == "Transition":
            sources, target = value.args[:2]
            states = strings(sources) or literals.get(getattr(sources, "id", ""), ())
            yield key.value, (frozenset(states), target.value)


def check_states(tree, text):
    coded, documented = coded_states(tree), documented_states(text)
    problems = [
        f"{model}: no table of its states" for model in coded.keys() - documented.keys()
    ]
    for model, rows in documented.items():
        actual = coded.get(model, {})
        problems += [
            f"{model}: the page says {action} {sorted(row[0])} → {row[1]}"
            for action, row in rows.items()
            if actual.get(action) != row
        ]
        problems += [
            f"{model}: {action} is missing" for action in actual if action not in rows
        ]
    return problems


def coded_routes(tree):
    """Return the addresses of the controllers, parameters as `<id>`, without pages."""
    routes = set()
    for addon in tree:
        for file in addon.python:
            for node in ast.walk(file.tree):
                if isinstance(node, ast.Call) and call_name(node) == "route":
                    for path in strings(node.args[0]) if node.args else ():
                        routes.add(re.sub(r"<[^>]+>", "<id>", path))
    return {route for route in routes if "/page/" not in route and route != "/my"}


def check_routes(tree, text):
    section = text.partition("\n## Routes")[2].partition("\n## ")[0]
    documented = set(re.findall(r"`(/[\w/<>-]+)`", section)) - {"/my"}
    coded = coded_routes(tree)
    return [f"the page lacks {route}" for route in sorted(coded - documented)] + [
        f"no controller answers {route}" for route in sorted(documented - coded)
    ]


def check_links(path):
    """Relative links lead to files."""
    return [
        f"{path}: {target} does not exist"
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if "://" not in target and not (path.parent / target).exists()
    ]


def test_states_are_those_of_the_page(tree):
    refuse(check_states(tree, ARCHITECTURE.read_text(encoding="utf-8")))


def test_routes_are_those_of_the_page(tree):
    refuse(check_routes(tree, ARCHITECTURE.read_text(encoding="utf-8")))


def test_links_lead_somewhere():
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    refuse(problem for page in pages for problem in check_links(page))


# === THE CHECKS THEMSELVES === #


def test_outdated_pages_are_noticed(make_tree, tmp_path):
    tree = make_tree(
        {
            "qifei_x/models/a.py": """
            OPEN = ("new", "open")

            class A(models.Model):
                _name = "qifei.a"

                def _get_transitions(self):
                    return {
                        "close": Transition(OPEN, "closed"),
                        "reopen": Transition(("closed",), "open"),
                    }
            """,
            "qifei_x/controllers/b.py": """
            class B:
                @http.route(["/my/a/<int:a_id>", "/my/a/page/<int:page>"])
                def a(self):
                    pass
            """,
        }
    )
    good = """
### qifei.a
| action | from | to |
| --- | --- | --- |
| close | new, open | closed |
| reopen | closed | open |

## Routes
`/my/a/<id>`
"""
    assert not check_states(tree, good)
    assert not check_routes(tree, good)
    assert check_states(tree, good.replace("new, open", "new"))
    assert check_states(tree, good.replace("| reopen | closed | open |\n", ""))
    assert check_states(tree, "")
    assert len(check_routes(tree, good.replace("/my/a/", "/my/b/"))) == 2
    page = tmp_path / "page.md"
    page.write_text("[here](page.md) [there](gone.md) [web](https://example.com)")
    assert len(check_links(page)) == 1
