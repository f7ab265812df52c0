"""What `pyproject.toml` cannot say: which files stand beside the packages in a wheel."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

#: Read by the packages as they are, and from beside them, in a wheel as in the source tree.
BESIDE_THE_PACKAGES = ("policy.toml", "prefect.yaml", "templates", "examples")


class WithFiles(build_py):
    """Builds the packages, and puts those files where the packages look for them."""

    def run(self) -> None:
        """Copy all of it; an editable installation finds them in the source tree."""
        super().run()
        if self.editable_mode:
            return
        for name in BESIDE_THE_PACKAGES:
            source, target = Path(name), Path(self.build_lib, name)
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                shutil.copyfile(source, target)


setup(cmdclass={"build_py": WithFiles})
