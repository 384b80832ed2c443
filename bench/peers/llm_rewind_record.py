"""llm-rewind's own recording proxy, by its own entry point, told to record localhost too. argv: port, folder."""

import asyncio
import pathlib
import sys

from rewind.proxy.addon import run_record_proxy
from rewind.storage.blobs import BlobStore
from rewind.storage.db import RewindDB, Session

port, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
session = Session(agent_name="bench", command="bench", git_hash=None)
db = RewindDB.get_or_create()
db.save_session(session)
asyncio.run(
    run_record_proxy(
        db,
        BlobStore(),
        session.id,
        port=port,
        confdir=folder,
        provider_hosts={"localhost": "openai"},
        ssl_insecure=True,
    )
)
