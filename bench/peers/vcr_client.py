"""Times requests to the bench's host with and without vcrpy around them. Reads JSON lines
{path, bodies, first_byte} from stdin, writes {direct: [[first_byte, total]...], vcr: [...]}, milliseconds. argv: port, CA file, folder.
"""

import json
import pathlib
import sys
import time

import requests
import vcr

port, ca, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
base = f"https://localhost:{port}"
headers = {"content-type": "application/json"}
sessions = {"direct": requests.Session(), "vcr": requests.Session()}
for session in sessions.values():
    session.verify = ca
    session.trust_env = False


def post(session, path, body):
    started = time.perf_counter()
    answer = session.post(base + path, data=body, headers=headers, stream=True)
    first = None
    for _ in answer.iter_content(chunk_size=None):
        if first is None:
            first = time.perf_counter()
    end = time.perf_counter()
    return [1000 * ((first or end) - started), 1000 * (end - started)]


cassettes = 0
for line in sys.stdin:
    task = json.loads(line)
    bodies = [body.encode() for body in task["bodies"]]
    timings = {"direct": [post(sessions["direct"], task["path"], body) for body in bodies]}
    cassettes += 1
    # As its users do: one cassette a test. Writing it out at the end is not counted.
    with vcr.use_cassette(str(folder / f"vcr-{cassettes}.yaml"), record_mode="all"):
        timings["vcr"] = [post(sessions["vcr"], task["path"], body) for body in bodies]
    print(json.dumps(timings), flush=True)
