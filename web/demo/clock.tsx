import { useEffect, useState } from "preact/hooks";
import { serverTime } from "./network";

const jumps = [["1m", "1 minute"], ["5m", "5 minutes"], ["1h", "1 hour"], ["25h", "25 hours"]] as const;

/** Moves the server's clock, where the server lets it: in dev mode. */
export function Clock() {
  const [ahead, setAhead] = useState<number>(); // milliseconds the server's clock is ahead of ours
  const [, tick] = useState({});
  const read = async (advance?: string) => {
    const now = await serverTime(advance);
    setAhead(now && now.getTime() - Date.now());
  };
  useEffect(() => {
    void read().catch(() => {});
    const timer = setInterval(() => tick({}), 1000);
    return () => clearInterval(timer);
  }, []);
  if (ahead === undefined) {
    return null;
  }
  return (
    <section>
      <h2>Clock</h2>
      <p>
        The server says <time class="now">{new Date(Date.now() + ahead).toLocaleString()}</time>. Jump ahead and see what was waiting:
        whatever falls due on the way is done.
      </p>
      <div class="jumps">
        {jumps.map(([by, text]) => (
          <button type="button" class="quiet" key={by} onClick={() => void read(by).catch(() => setAhead(undefined))}>+ {text}</button>
        ))}
      </div>
    </section>
  );
}
