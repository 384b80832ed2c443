# Threads, executors, decorators, generators and what else stands between a caller and its call. Marks as in cases.py.
import concurrent.futures
import contextlib
import functools
import multiprocessing
import subprocess
import sys
import threading

import requests
from cases import BODY, HEADERS, at, failed, run


def post(name):
    return requests.post(at(name), data=BODY, headers=HEADERS).status_code  # @helper @decorated @partial @lambda @deep


send = functools.partial(requests.post, data=BODY, headers=HEADERS)


def retrying(function):
    @functools.wraps(function)
    def wrapper(*args):
        for _ in range(2):
            answer = function(*args)  # @decorated+2
        return answer

    return wrapper


@retrying
def decorated(name):
    return post(name)  # @decorated+1


class Agent:
    def __init__(self, name):
        self.name = name

    def __call__(self):
        return send(at(self.name))  # @callable

    @property
    def answer(self):
        return send(at("property"))  # @property

    @classmethod
    def build(cls):
        return send(at("classmethod"))  # @classmethod

    @staticmethod
    def ask():
        return send(at("staticmethod"))  # @staticmethod

    @functools.cached_property
    def cached(self):
        return send(at("cached-property"))  # @cached-property


def produce():
    yield 1
    yield send(at("generator"))  # @generator


@contextlib.contextmanager
def managed():
    send(at("context-enter"))  # @context-enter
    yield
    send(at("context-exit"))  # @context-exit


def deep(depth):
    return deep(depth - 1) if depth else post("deep")  # @deep+1


def case_direct():
    post("helper")  # @helper+1
    decorated("decorated")  # @decorated+3
    functools.partial(post, "partial")()  # @partial+1
    (lambda: post("lambda"))()  # @lambda+1
    deep(200)


def case_classes():
    Agent("callable")()  # @callable+1
    Agent("x").answer
    Agent("x").cached
    Agent.build()
    Agent.ask()


def case_expressions():
    [send(at(name)) for name in ["list-comprehension"]]  # @list-comprehension
    {name: send(at(name)) for name in ["dict-comprehension"]}  # @dict-comprehension
    list(send(at(name)) for name in ["generator-expression"])  # @generator-expression
    list(map(send, [at("map")]))  # @map
    sorted(["a"], key=lambda _: send(at("sort-key")).status_code)  # @sort-key
    for _ in produce():
        pass
    with managed():
        pass
    exec(compile("send(at('compiled'))", "<string>", "exec"))  # @compiled


def case_threads():
    threads = [
        threading.Thread(target=lambda: send(at("thread"))),  # @thread
        threading.Thread(target=post, args=("thread-helper",)),
        threading.Timer(0, lambda: send(at("timer"))),  # @timer
    ]
    for thread in threads:
        thread.start()
        thread.join()
    library = threading.Thread(target=send, args=(at("thread-library"),))
    library.start()  # @thread-library
    library.join()
    nested = threading.Thread(target=start_another)
    nested.start()  # @thread-nested+1
    nested.join()


def start_another():
    thread = threading.Thread(target=send, args=(at("thread-nested"),))
    thread.start()  # @thread-nested
    thread.join()


class Worker(threading.Thread):
    def run(self):
        send(at("thread-subclass"))  # @thread-subclass


def case_thread_subclass():
    worker = Worker()
    worker.start()  # @thread-subclass+1
    worker.join()


def case_executors():
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        pool.submit(send, at("executor")).result()  # @executor
        pool.submit(lambda: send(at("executor-lambda"))).result()  # @executor-lambda
        list(pool.map(lambda name: send(at(name)), ["executor-map"] * 3))  # @executor-map
        list(pool.map(send, [at("executor-map-library")] * 3))  # @executor-map-library
        futures = [pool.submit(send, at("as-completed")) for _ in range(3)]  # @as-completed
        for future in concurrent.futures.as_completed(futures):
            future.result()
        future = pool.submit(lambda: None)
        done = threading.Event()
        future.add_done_callback(lambda _: (send(at("done-callback")), done.set()))  # @done-callback
        done.wait()


def in_process(name):
    return send(at(name)).status_code  # @process-pool @process


def case_processes():
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=in_process, args=("process",))
    process.start()
    process.join()
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        pool.submit(in_process, "process-pool").result()
    subprocess.run([sys.executable, __file__, "child"], check=True)


def in_child():
    send(at("subprocess"))  # @subprocess


if __name__ == "__main__":
    if sys.argv[1:] == ["child"]:
        in_child()
    else:
        for case in [value for name, value in list(globals().items()) if name.startswith("case_")]:
            run(case)
    sys.exit(1 if failed else 0)
