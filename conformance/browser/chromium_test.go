package browser

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// chromium is the browser that all tests share; each has a context of its own in it, as a private window has.
var chromium = sync.OnceValues(func() (context.Context, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.WSURLReadTimeout(patience),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
	)
	if path := os.Getenv("PARLEY_CHROMIUM"); path != "" {
		options = append(options, chromedp.ExecPath(path))
	}
	ctx, _ := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ = chromedp.NewContext(ctx)
	return ctx, chromedp.Do(ctx) // starts it
})

func TestMain(m *testing.M) {
	code := m.Run()
	if ctx, err := chromium(); err == nil {
		chromedp.Cancel(ctx) // ends the browser and removes its folder
	}
	os.Exit(code)
}

// tab is a page in the browser.
type tab struct {
	t     *testing.T
	ctx   context.Context
	close context.CancelFunc

	mu       sync.Mutex
	errs     []string
	expected []string // parts of errors that are no fault of the page
}

// newTab opens an empty page that knows nothing of others. The test fails at its end when the page threw an error, logged one, or
// broke its own policy; expected holds parts of those that are no fault of the page.
func newTab(t *testing.T, expected ...string) *tab {
	t.Helper()
	browser, err := chromium()
	if err != nil {
		t.Fatalf("start Chromium (Debian: apt-get install chromium): %v", err)
	}
	return openTab(t, browser, expected, chromedp.WithNewBrowserContext())
}

// another opens a tab at the same place, as a person does who opens a link in a new tab.
func (p *tab) another() *tab {
	p.t.Helper()
	q := openTab(p.t, p.ctx, p.expected)
	q.do(chromedp.Navigate(js[string](p, "location.href")))
	return q
}

func openTab(t *testing.T, parent context.Context, expected []string, options ...chromedp.ContextOption) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(parent, options...)
	t.Cleanup(cancel)
	p := &tab{t: t, ctx: ctx, close: cancel, expected: slices.Clone(expected)}
	if err := chromedp.Do(ctx); err != nil { // opens it; a context with a limit would close it at the limit
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, p.listen); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, e := range p.errs {
			if !slices.ContainsFunc(p.expected, func(part string) bool { return strings.Contains(e, part) }) {
				t.Errorf("the page says: %s", e)
			}
		}
	})
	return p
}

// expect names parts of errors that come now and are no fault of the page.
func (p *tab) expect(parts ...string) { p.expected = append(p.expected, parts...) }

func (p *tab) listen(event any) {
	var text string
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text = e.ExceptionDetails.Text
		if ex := e.ExceptionDetails.Exception; ex != nil {
			text += " " + ex.Description
		}
	case *log.EventEntryAdded:
		if e.Entry.Level != log.EntryLevelError {
			return
		}
		text = e.Entry.Text + " " + e.Entry.URL
	default:
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.errs = append(p.errs, text)
}

// patience is how long a page may take to see what has happened, on a busy machine. Nothing that succeeds waits for it.
const patience = 90 * time.Second

// do carries out actions.
func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.t.Fatalf("%v\npage errors: %q", err, p.errs)
	}
}

// run carries out an action that has a result.
func run[T any](p *tab, action chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		p.t.Fatalf("%v\npage errors: %q", err, p.errs)
	}
	return v
}

func evaluate[T any](expression string) chromedp.Action[T] {
	return chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise)
}

// js evaluates an expression, waits for it if it is a promise, and returns its value.
func js[T any](p *tab, expression string, args ...any) T {
	p.t.Helper()
	return run(p, evaluate[T](fmt.Sprintf(expression, args...)))
}

// until waits until an expression is true. One that fails is not true yet: what it looks at comes later, or the page is being loaded.
func (p *tab) until(expression string, args ...any) {
	p.t.Helper()
	expression = fmt.Sprintf(expression, args...)
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	for {
		is, err := chromedp.Run(ctx, evaluate[bool]("Boolean("+expression+")"))
		if is {
			return
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			p.t.Fatalf("after %v still not: %s (%v)\n%s", patience, expression, err, js[string](p, `typeof describe === 'function' ? describe() :
				document.body.innerText + "\nfocus: " + document.activeElement?.outerHTML.slice(0, 200)`))
		}
	}
}

// see waits until the page shows a text.
func (p *tab) see(text string) {
	p.t.Helper()
	p.until("document.body.innerText.includes(%q)", text)
}

// focused waits until that has the focus, by its id or its text: the page moves it after it has drawn.
func (p *tab) focused(want string) {
	p.t.Helper()
	p.until("(document.activeElement.id || document.activeElement.innerText || document.activeElement.tagName) === %q", want)
}

// Keys as a person presses them; the page may keep the browser from doing what they do.
var (
	enter     = input.DispatchKeyEventParams{Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13, Text: "\r"}
	space     = input.DispatchKeyEventParams{Key: " ", Code: "Space", WindowsVirtualKeyCode: 32, Text: " "}
	tabulator = input.DispatchKeyEventParams{Key: "Tab", Code: "Tab", WindowsVirtualKeyCode: 9}
	down      = input.DispatchKeyEventParams{Key: "ArrowDown", Code: "ArrowDown", WindowsVirtualKeyCode: 40}
)

func (p *tab) press(key input.DispatchKeyEventParams) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		key.Type = input.DispatchKeyEventTypeKeyDown
		if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, key); err != nil {
			return err
		}
		key.Type, key.Text = input.DispatchKeyEventTypeKeyUp, ""
		_, err := chromedp.Call(ctx, input.DispatchKeyEvent, key)
		return err
	}))
}

// write types into whatever has the focus.
func (p *tab) write(text string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(text))
}
