# What Python itself brings, for interpreters without packages. Marks as in cases.py.
import asyncio
import contextlib
import functools
import http.client
import queue
import sys
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from cases import BODY, HEADERS, at, failed, run


def post(name):
    request = urllib.request.Request(at(name), data=BODY, headers=HEADERS)
    return urllib.request.urlopen(request).read()  # @std-urlopen @std-thread @std-executor @std-map @std-task @std-gather @std-decorated @std-queue @std-timer


def case_urlopen():
    post("std-urlopen")  # @std-urlopen+1


def case_http_client():
    connection = http.client.HTTPSConnection("api.openai.com")
    connection.request("POST", "/v1/chat/completions?case=std-http-client", BODY, HEADERS)  # @std-http-client
    connection.getresponse().read()


def case_opener():
    opener = urllib.request.build_opener()
    opener.open(urllib.request.Request(at("std-opener"), data=BODY, headers=HEADERS)).read()  # @std-opener


def case_thread():
    thread = threading.Thread(target=post, args=("std-thread",))
    thread.start()  # @std-thread+1
    thread.join()


def case_timer():
    timer = threading.Timer(0.01, post, ("std-timer",))
    timer.start()  # @std-timer+1
    timer.join()


def case_executor():
    with ThreadPoolExecutor(2) as pool:
        pool.submit(post, "std-executor").result()  # @std-executor+1
        list(pool.map(post, ["std-map", "std-map"]))  # @std-map+1


def case_queue():
    jobs = queue.Queue()

    def work():
        post(jobs.get())  # @std-queue+1

    thread = threading.Thread(target=work)
    thread.start()
    jobs.put("std-queue")
    thread.join()


def twice(function):
    @functools.wraps(function)
    def wrapped(*args):
        return function(*args)

    return wrapped


def case_decorated():
    @twice
    def ask():
        post("std-decorated")  # @std-decorated+1

    ask()


@contextlib.contextmanager
def asking():
    urllib.request.urlopen(urllib.request.Request(at("std-with"), data=BODY, headers=HEADERS)).read()  # @std-with
    yield


def case_with():
    with asking():
        pass


def case_comprehension():
    [urllib.request.urlopen(urllib.request.Request(at(name), BODY, HEADERS)).read() for name in ["std-list"]]  # @std-list


async def in_thread(name):
    await asyncio.get_running_loop().run_in_executor(None, post, name)  # @std-task+1 @std-gather+1


async def tasks():
    await asyncio.create_task(in_thread("std-task"))
    await asyncio.gather(in_thread("std-gather"), in_thread("std-gather"))


def case_tasks():
    asyncio.run(tasks())


for case in [value for name, value in list(globals().items()) if name.startswith("case_")]:
    run(case)
sys.exit(1 if failed else 0)
