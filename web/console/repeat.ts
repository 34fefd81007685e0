import { useEffect } from "preact/hooks";

/**
 * Does something again and again while the page is seen, each time some milliseconds after the last has ended, and tells when that fails.
 * It starts anew when one of the inputs changes; what is under way then is told so.
 */
export function useRepeat(every: number, step: (current: () => boolean) => Promise<void>, failed: (why: string) => void, inputs: unknown[]): void {
  useEffect(() => {
    let alive = true;
    let timer: ReturnType<typeof setTimeout>;
    const turn = async () => {
      if (!document.hidden) {
        try {
          await step(() => alive);
          if (alive) {
            failed("");
          }
        } catch (cause) {
          if (alive) {
            failed(cause instanceof TypeError ? "The server cannot be reached." : (cause as Error).message);
          }
        }
      }
      if (alive) {
        timer = setTimeout(turn, every);
      }
    };
    void turn();
    return () => {
      alive = false;
      clearTimeout(timer);
    };
  }, inputs);
}
