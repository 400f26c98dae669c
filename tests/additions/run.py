"""Adds one of each to a copy of the sources, counts the places, builds the copy, and looks whether all is found.

tests/additions/run.py [FOLDER]: the copy goes to FOLDER (build/additions), and stays there for the next run's compiler
cache. `<kind>/` holds what is added: new files, laid over the tree. EDITS lists the places in files that are there. A
header and its source are one place; golden values and tests are none.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests/additions"
# (kind, file, what stands there, what is put behind it)
EDITS = [
    ("operation", "src/thaw/ops/op.h", '#include "thaw/ops/kinds/matmul.h"\n', '#include "thaw/ops/kinds/negate.h"\n'),
    ("operation", "src/thaw/ops/op.h", "Input, Weight, ", "Negate, "),
    ("operation", "src/thaw/ops/builder.h", "  Value pad_2d(Value x, Padding2 padding);\n",
     "  Value negate(Value x);\n"),
    ("operation", "src/thaw/ops/builder.cpp", "{ return state_->append(Pad2D{padding}, {x}); }\n",
     "Value Builder::negate(Value x) { return state_->append(Negate{}, {x}); }\n"),
    ("flag", "src/thaw/app/commands/models.cpp", "  void describe(OptionList& options) override {\n",
     '    options.add("shortest", shortest, {.help = "only the shortest name"});\n'),
    ("flag", "src/thaw/app/commands/models.cpp", "final : Call {\n", "  bool shortest = false;\n"),
]
# How ARCHITECTURE.md calls each kind, in its table of counts.
KINDS = ["layer", "operation", "optimizer", "loss", "metric", "callback", "command", "format", "flag"]


def fail(text):
    sys.exit(f"tests/additions: {text}")


def run(*command, check=True, **options):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    output = result.stdout + result.stderr
    if check and result.returncode != 0:
        fail(f"{' '.join(map(str, command))}: {result.returncode}\n{output[-4000:]}")
    return output


def expect(output, pattern):
    if not re.search(pattern, output):
        fail(f"expected {pattern}, received\n{output[-4000:]}")


def copy_sources(tree):
    """Files that are the same stay as they are, with their times."""
    names = run("git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    wanted = {name: ROOT / name for name in names
              if name and not name.startswith("tests/additions/") and (ROOT / name).is_file()}
    for kind in [*KINDS, "operation_maker", "check"]:
        for path in (HERE / kind).rglob("*"):
            if path.is_file():
                wanted[str(path.relative_to(HERE / kind))] = path
    texts = {name: path.read_bytes() for name, path in wanted.items()}
    for _, name, place, added in EDITS:
        before = texts[name].decode()
        if before.count(place) != 1:
            fail(f"{name}: expected {place!r} once, found it {before.count(place)} times")
        texts[name] = before.replace(place, place + added).encode()
    for path in tree.rglob("*"):
        if path.is_file() and not path.is_symlink() and str(path.relative_to(tree)) not in wanted:
            if "build" not in path.relative_to(tree).parts and ".deps" not in path.relative_to(tree).parts:
                path.unlink()
    for name, text in texts.items():
        target = tree / name
        if not target.exists() or target.read_bytes() != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text)
            shutil.copymode(wanted[name], target)
    if (ROOT / ".deps").exists() and not (tree / ".deps").exists():
        (tree / ".deps").symlink_to(ROOT / ".deps")


def places(kind):
    """Where one adds something of this kind, a header and its source as one."""
    new = [path.relative_to(HERE / kind) for path in (HERE / kind).rglob("*") if path.is_file()]
    edited = [pathlib.Path(name) for of, name, _, _ in EDITS if of == kind]
    return sorted({str(path.with_suffix("")) for path in [*new, *edited] if path.parts[0] == "src"})


def promised():
    """What ARCHITECTURE.md says: `| layer | 1 | … |` in the table of counts."""
    rows = re.findall(r"^\| ([a-z]+) \| (\d+) \|", (ROOT / "ARCHITECTURE.md").read_text(), re.MULTILINE)
    return {kind: int(count) for kind, count in rows}


def check_counts():
    table = promised()
    for kind in KINDS:
        found = places(kind)
        print(f"{kind}: {len(found)}: {', '.join(found)}")
        if table.get(kind) != len(found):
            fail(f"ARCHITECTURE.md promises {table.get(kind)} places for a new {kind}, it takes {len(found)}")


def main(folder):
    check_counts()
    tree, build = folder / "tree", folder / "tree/build/additions"
    tree.mkdir(parents=True, exist_ok=True)
    copy_sources(tree)
    os.environ["THAW_HOME"] = str(folder / "home")
    run("cmake", "-S", tree, "-B", build, "-G", "Ninja", "-D", "CMAKE_BUILD_TYPE=Debug",
        "-D", "CMAKE_CXX_FLAGS_DEBUG=-O0")
    run("cmake", "--build", build, "--target", "thaw", "thaw_example_additions", "thaw_test_conformance")
    thaw = build / "bin/thaw"

    expect(run(thaw, "greet", "world"), r"^Hello, world\.\n$")
    expect(run(thaw, "--help"), r"\n *greet +says hello")
    expect(run(thaw, "models", "--help"), r"--shortest +only the shortest name")
    told = run(thaw, "fit", "--help")
    for word in ("sharpness", "sign_descent", "mean_absolute_error"):
        expect(told, word)
    expect(run(build / "bin/thaw_test_conformance", "--gtest_filter=*/RepeatVector"), r"PASSED  \] 6 tests")
    output = run(build / "bin/examples/additions", folder)
    expect(output, r"epochs ([2-9]|[1-9]\d|1\d\d)\n")
    expect(output, r"\nsharpness 0\.[5-9]")
    expect(output, r"\nright (5[5-9]|6\d) of 64")
    expect((folder / "model.counts").read_text(), r"^weights: 12 2\n$")

    # An operation that a device cannot compute does not build, and is named.
    (tree / "src/thaw/runtime/cpu/ops/negate.cpp").unlink()
    expect(run("cmake", "--build", build, "--target", "thaw", check=False), r"undefined reference to [^\n]*Negate")
    print("all were found, and all of them work")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/additions").resolve())
