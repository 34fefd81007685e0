package server

import (
	"context"

	"github.com/openparley/parley/internal/store"
)

// copyInstance puts an instance with all that flows run and name into another store, under the same ids. There it keeps nothing outside
// and tells nobody.
func copyInstance(ctx context.Context, from, to *store.Store, id string) error {
	instance, err := from.Instance(ctx, id)
	if err != nil {
		return err
	}
	instance.Storage, instance.Integrations = nil, nil
	c := &copying{ctx: ctx, id: id, puts: []func(*store.Tx){func(tx *store.Tx) { tx.PutInstance(instance) }}}

	flows := func(ctx context.Context, id, after string, limit int) ([]store.Flow, error) {
		return from.Flows(ctx, id, nil, after, limit)
	}
	rowsOf(c, flows, (*store.Tx).PutFlow, func(f *store.Flow) string {
		contentsOf(c, f.ID, f.Kept, from.FlowVersion, (*store.Tx).PutFlowVersion, f.Published, f.Draft)
		return f.ID
	})
	rowsOf(c, from.Modules, (*store.Tx).PutModule, func(m *store.Module) string {
		contentsOf(c, m.ID, m.Versions, from.ModuleContent, (*store.Tx).PutModuleContent, m.Published, m.Draft)
		return m.ID
	})
	rowsOf(c, from.Views, (*store.Tx).PutView, func(v *store.View) string {
		contentsOf(c, v.ID, v.Versions, from.ViewContent, (*store.Tx).PutViewContent, v.Published, v.Saved)
		return v.ID
	})
	rowsOf(c, from.HoursOfInstance, (*store.Tx).PutHours, func(h *store.Hours) string { return h.ID })
	rowsOf(c, from.Queues, (*store.Tx).PutQueue, func(q *store.Queue) string { return q.ID })
	rowsOf(c, from.Prompts, (*store.Tx).PutPrompt, func(p *store.Prompt) string { return p.ID })
	if c.err != nil {
		return c.err
	}
	return to.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		for _, put := range c.puts {
			put(tx)
		}
		return nil
	})
}

// copying is what is read of an instance, and the first error.
type copying struct {
	ctx  context.Context
	id   string
	puts []func(*store.Tx)
	err  error
}

const copiedAtOnce = 100

// rowsOf takes all rows of a kind along. seen returns the id of a row, and takes along what belongs to it.
func rowsOf[R any](
	c *copying, read func(ctx context.Context, instance, after string, limit int) ([]R, error), put func(*store.Tx, *R), seen func(*R) string,
) {
	for after := ""; c.err == nil; {
		var rows []R
		if rows, c.err = read(c.ctx, c.id, after, copiedAtOnce); c.err != nil {
			return
		}
		for i := range rows {
			after = seen(&rows[i])
			c.puts = append(c.puts, func(tx *store.Tx) { put(tx, &rows[i]) })
		}
		if len(rows) < copiedAtOnce {
			return
		}
	}
}

// contentsOf takes along the contents of a row: those that it keeps and those of these numbers, 0 being none.
func contentsOf[C any](
	c *copying, id string, kept []store.KeptVersion, read func(ctx context.Context, id string, number int64) (*C, error),
	put func(*store.Tx, *C), numbers ...int64,
) {
	for _, v := range kept {
		numbers = append(numbers, v.Content)
	}
	there := map[int64]bool{0: true}
	for _, number := range numbers {
		if there[number] || c.err != nil {
			continue
		}
		there[number] = true
		var content *C
		if content, c.err = read(c.ctx, id, number); c.err == nil {
			c.puts = append(c.puts, func(tx *store.Tx) { put(tx, content) })
		}
	}
}
