import pytest

from attacks.exam import course_with_secrets


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("attacked")
    for place in (folder, *folder.parents):
        if place.stat().st_uid == folder.stat().st_uid and place != place.parent and str(place) != "/tmp":
            place.chmod(0o755)
    return course_with_secrets(folder)
