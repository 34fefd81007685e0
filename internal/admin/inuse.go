package admin

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/store"
)

// use is a flow or module that names a resource.
type use struct {
	what, name string
	flowID     string // empty for a module
}

func (u *use) String() string { return fmt.Sprintf("%s %q", u.what, u.name) }

// runs is a content of a flow or module that contacts may come to. It never changes.
type runs struct {
	id     string
	number int64
}

// uses finds what names a resource in a content that is published or kept as a version; nil when nothing does. Drafts do not count:
// publishing looks at what they name. As this reads a lot, it is done before a transaction, in which unchanged tells whether there is more
// to read now.
func (s *Service) uses(ctx context.Context, instanceID, kind, id string) (u *use, unchanged func(*store.Tx) error, err error) {
	read := map[runs]bool{}
	names := func(content string) (bool, error) {
		if !strings.Contains(content, id) {
			return false, nil
		}
		parsed, err := flow.Parse(content)
		if err != nil {
			return false, err
		}
		for _, n := range parsed.Names() {
			if named, ok := s.Scope.ResourceID(instanceID, kind, n.Text); ok && named == id {
				return true, nil
			}
		}
		return false, nil
	}
	flows := rows(func(after string, limit int) ([]store.Flow, error) {
		return s.Store.Flows(ctx, instanceID, nil, after, limit)
	}, flowID)
	for f, err := range flows {
		if err != nil {
			return nil, nil, err
		}
		for _, number := range f.Running() {
			v, err := s.Store.FlowVersion(ctx, f.ID, number)
			if errors.Is(err, store.ErrNotFound) { // deleted meanwhile
				continue
			}
			if err != nil {
				return nil, nil, err
			}
			read[runs{f.ID, number}] = true
			if found, err := names(v.Content); err != nil {
				return nil, nil, fmt.Errorf("flow %s: %w", f.ID, err)
			} else if found {
				return &use{"Flow", f.Name, f.ID}, nil, nil
			}
		}
	}
	modules := rows(func(after string, limit int) ([]store.Module, error) {
		return s.Store.Modules(ctx, instanceID, after, limit)
	}, moduleID)
	for m, err := range modules {
		if err != nil {
			return nil, nil, err
		}
		for _, number := range m.Running() {
			c, err := s.Store.ModuleContent(ctx, m.ID, number)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, nil, err
			}
			read[runs{m.ID, number}] = true
			if found, err := names(c.Content); err != nil {
				return nil, nil, fmt.Errorf("module %s: %w", m.ID, err)
			} else if found {
				return &use{"Module", m.Name, ""}, nil, nil
			}
		}
	}
	return nil, func(tx *store.Tx) error { return onlyThese(tx, instanceID, read) }, nil
}

// onlyThese returns errOvertaken when contacts may come to other contents than these.
func onlyThese(tx *store.Tx, instanceID string, read map[runs]bool) error {
	flows := rows(func(after string, limit int) ([]store.Flow, error) { return tx.Flows(instanceID, after, limit) }, flowID)
	for f, err := range flows {
		if err != nil {
			return err
		}
		for _, number := range f.Running() {
			if !read[runs{f.ID, number}] {
				return errOvertaken
			}
		}
	}
	modules := rows(func(after string, limit int) ([]store.Module, error) { return tx.Modules(instanceID, after, limit) }, moduleID)
	for m, err := range modules {
		if err != nil {
			return err
		}
		for _, number := range m.Running() {
			if !read[runs{m.ID, number}] {
				return errOvertaken
			}
		}
	}
	return nil
}

func flowID(f *store.Flow) string { return f.ID }
