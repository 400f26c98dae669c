"""script/wheel.py TARBALL FOLDER: makes of the program's tarball a wheel, so that pip installs it too. The files go to
where the environment's own bin/, lib/ and share/ are, so that the program finds its libraries relative to itself."""

import base64
import hashlib
import os
import pathlib
import re
import sys
import tarfile
import zipfile

# Fixed, so that one tarball gives one wheel: the earliest time that a zip file can say.
WHEN = (1980, 1, 1, 0, 0, 0)


def glibc(tree: tarfile.TarFile) -> str:
    """The newest version of the C library that a file of the package asks for: "2_36"."""
    newest = (2, 17)
    for member in tree:
        if member.isfile() and (".so" in member.name or "/bin/" in member.name):
            for version in re.findall(rb"GLIBC_2\.(\d+)", tree.extractfile(member).read()):
                newest = max(newest, (2, int(version)))
    return f"{newest[0]}_{newest[1]}"


def files(tree: tarfile.TarFile):
    """(path below the tarball's one folder, mode, content); a wheel holds no links, so what a library is asked by alone
    is kept of those that are one file by several names."""
    members = {m.name: m for m in tree}
    links = {}
    for name, member in members.items():
        if member.issym():
            links[os.path.normpath(os.path.join(os.path.dirname(name), member.linkname))] = name
    for name, member in sorted(members.items()):
        below = name.split("/", 1)[1] if "/" in name else ""
        if member.issym():
            target = member
            while target.issym():
                target = members[os.path.normpath(os.path.join(os.path.dirname(target.name), target.linkname))]
            # libx.so → libx.so.3 → libx.so.3.2: programs ask for the one between.
            if re.search(r"\.so\.\d+$", name):
                yield below, target.mode, tree.extractfile(target).read()
        elif member.isfile() and not (name in links and re.search(r"\.so\.\d+\.", name)):
            yield below, member.mode, tree.extractfile(member).read()


def main() -> None:
    tarball, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    name, version, system, processor = re.fullmatch(r"(\w+)-([\d.]+)-(\w+)-(\w+)\.tar\.gz", tarball.name).groups()
    with tarfile.open(tarball) as tree:
        tag = f"py3-none-manylinux_{glibc(tree)}_{processor}"
        wheel = folder / f"{name}-{version}-{tag}.whl"
        info = f"{name}-{version}.dist-info"
        contents = [(f"{name}-{version}.data/data/{path}", mode, data) for path, mode, data in files(tree)]
    licence = next(data for path, _, data in contents if path.endswith("/doc/thaw/LICENSE"))
    contents += [
        (f"{info}/LICENSE", 0o644, licence),
        (f"{info}/METADATA", 0o644,
         (f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: Fine-tunes pretrained image classifiers natively\n"
          "License: Apache-2.0; libraries that come along: see share/doc/thaw/licenses\n"
          "Requires-Python: >=3\nDescription-Content-Type: text/plain\n\n"
          "A native program, `thaw`; no Python at run time. `thaw --help` says what it does.\n").encode()),
        (f"{info}/WHEEL", 0o644,
         f"Wheel-Version: 1.0\nGenerator: thaw script/wheel.py\nRoot-Is-Purelib: false\nTag: {tag}\n".encode()),
    ]
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}\n"
        for path, _, data in contents) + f"{info}/RECORD,,\n"
    contents.append((f"{info}/RECORD", 0o644, record.encode()))
    aside = wheel.with_suffix(".aside")
    with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, mode, data in contents:
            entry = zipfile.ZipInfo(path, WHEN)
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    os.replace(aside, wheel)


if __name__ == "__main__":
    main()
