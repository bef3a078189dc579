"""Template databases: installed once, then copied for each test run.

There are two layers. The lower one holds what the suite depends on and is kept while
the suite changes; the upper one holds the suite. Both have demo data and their asset
bundles, and both are named by a hash of what they were made from.
"""

from . import addons, cache, console, paths

PREFIX = "qifei_template_"


def suite_template(instance, names=None):
    """Return the template that has the named addons (all of them by default)."""
    inside, outside = addons.closure(names or addons.suite())
    core = _key(instance, outside)
    target = f"{PREFIX}{core}_{cache.digest(addons.fingerprint(inside))}"
    if target in instance.server.databases():
        return target
    base = _core_template(instance, core, outside)
    _drop_outdated(instance, keep=base)
    modules = [addon.name for addon in inside]
    with console.step(f"Template database with {', '.join(modules)}"):
        _build(instance, target, modules, base)
    return target


def lower_layer(template):
    """Return the template that a suite template was installed on."""
    return template.rpartition("_")[0]


def _core_template(instance, key, modules):
    target = f"{PREFIX}{key}"
    if target not in instance.server.databases():
        with console.step(f"Template database with {len(modules)} modules of Odoo"):
            _build(instance, target, modules)
    return target


def _key(instance, modules):
    return cache.digest(str(paths.ROOT), instance.environment.key, *modules)


def _build(instance, target, modules, base=None):
    """Install modules under a provisional name: the final one means it is complete."""
    building = f"{target}_building"
    if base:
        instance.copy(base, building)
    else:
        instance.server.create(building)
    log = f"template-{instance.name}"
    instance.install(building, modules, log=log, options=["--with-demo"])
    if base:
        instance.script(
            building,
            paths.TOOLS / "scripts/warm_assets.py",
            log=log,
            failure="The asset bundles of the template database could not be generated",
        )
    instance.server.rename(building, target)
    instance.drop_files(target)
    instance.filestore(building).rename(instance.filestore(target))


def _drop_outdated(instance, keep):
    """Drop the suite templates on the kept lower layer that are out of date."""
    for name in instance.server.databases():
        if name.startswith(f"{keep}_"):
            instance.drop(name)
