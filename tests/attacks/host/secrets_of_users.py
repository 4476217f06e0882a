"""Opens keys, tokens, password files and histories where users have them, and adds a key to log in with."""

ANSWER = """
import glob, os

names = [".ssh/*", ".netrc", ".aws/*", ".gnupg/*", ".kaggle/*", ".git-credentials", ".bash_history", ".config/gh/*",
         ".docker/config.json", ".jupyter/*", ".local/share/jupyter/runtime/*"]
homes = ["@HOME@", "/root", "/home/*", os.path.expanduser("~")]
places = [home + "/" + name for home in homes for name in names]
places += ["/etc/shadow", "/etc/passwd", "/etc/ssh/*", "/etc/hostname", "/etc/machine-id", "/run/secrets/*"]
places += ["/var/lib/*", "/var/log/*", "/var/run/*", "/sys/class/*", "/boot/*"]
for place in places:
    for path in glob.glob(place):
        print("came", "upon", path)
try:
    os.makedirs("@HOME@/.ssh")
    open("@HOME@/.ssh/authorized_keys", "w").write("ssh-ed25519 AAAA intruder")
except OSError as error:
    print(error)
"""


def aftermath(world, report):
    assert "came upon" not in world.shown(report["student"])
    assert not (world.home / ".ssh").exists()
