"""Runs generators as Dask actors, a slice at a time."""

import secrets
import threading
import time

from dask.distributed import Client, LocalCluster

RUNS = {}
THE = None


class Job:
    """Lives in a worker."""

    def __init__(self, spec):
        from peer import word2vec

        self.moments = word2vec.train(spec)

    def slice(self, seconds):
        end, out = time.perf_counter() + seconds, []
        for moment in self.moments:
            out.append(moment)
            if time.perf_counter() > end:
                return out, False
        return out, True


class Run:
    def __init__(self, spec):
        self.token, self.spec, self.history = secrets.token_urlsafe(12), spec, []
        self.state, self.seen = "queued", time.time()


def warm():
    from peer import word2vec

    next(word2vec.train(word2vec.Word2Vec(tokens=20_000, frames=2)))


class Runner:
    def __init__(self, workers=2):
        self.cluster = LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0
        )
        self.client, self.queues = Client(self.cluster), []
        for address in self.client.scheduler_info(n_workers=workers)["workers"]:
            self.queues.append([])
            threading.Thread(target=self.lane, args=(address, self.queues[-1]), daemon=True).start()
        self.client.run(warm)

    def submit(self, spec):
        run = Run(spec)
        RUNS[run.token] = run
        min(self.queues, key=len).append(run)
        return run

    def lane(self, address, queue):
        actors = {}
        while True:
            for run in list(queue):
                if run.state == "cancelled" or time.time() - run.seen > 20:
                    run.state = "cancelled"
                    queue.remove(run)
                    actors.pop(run.token, None)
                    continue
                if run.token not in actors:
                    job = self.client.submit(Job, run.spec, actor=True, pure=False, workers=[address])
                    actors[run.token] = job.result()
                moments, done = actors[run.token].slice(0.04).result()
                run.history += moments
                run.state = "done" if done else "running"
                if done:
                    queue.remove(run)
                    actors.pop(run.token)
            if not queue:
                time.sleep(0.01)
