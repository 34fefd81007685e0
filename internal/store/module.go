package store

import (
	"context"
	"maps"
	"slices"
)

// Module is a part of flows that several share; its contents are ModuleContents.
type Module struct {
	ID          string            `json:"-"`
	InstanceID  string            `json:"-"`
	Name        string            `json:"-"` // unique in the instance
	Description string            `json:"description,omitzero"`
	State       string            `json:"state,omitzero"`
	Tags        map[string]string `json:"tags,omitzero"`
	External    *bool             `json:"external,omitzero"`    // others than flows may run it; nil: not said
	Published   int64             `json:"published,omitzero"`   // content that flows run
	Draft       int64             `json:"draft,omitzero"`       // content saved after the published one; 0: none
	Versions    []KeptVersion     `json:"versions,omitzero"`    // the oldest first
	LastVersion int64             `json:"lastVersion,omitzero"` // ever made
	Aliases     []ModuleAlias     `json:"aliases,omitzero"`     // the oldest first
	ModifiedAt  int64             `json:"modifiedAt,omitzero"`
}

// ModuleAlias is a name for a version of a module.
type ModuleAlias struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description,omitzero"`
	Version     int64  `json:"version"`
	ModifiedAt  int64  `json:"modifiedAt"`
}

// Content returns which content a qualifier names, and the version under which that is kept, 0 if it is not: "" and "$LATEST" name the
// published content, "$SAVED" the draft if there is one and else the published content, a number that version, and anything else the
// alias of that name. ok is false when there is none.
func (m *Module) Content(qualifier string) (number, version int64, ok bool) {
	switch qualifier {
	case "", "$LATEST":
		return m.Published, 0, true
	case "$SAVED":
		if m.Draft != 0 {
			return m.Draft, 0, true
		}
		return m.Published, 0, true
	}
	if v := named(m.Versions, qualifier); v != nil {
		return v.Content, v.Version, true
	}
	for _, a := range m.Aliases {
		if a.Name == qualifier {
			for _, v := range m.Versions {
				if v.Version == a.Version {
					return v.Content, v.Version, true
				}
			}
		}
	}
	return 0, 0, false
}

// Runs returns the content that flows run which name the module with this qualifier, as Content does: drafts do not run.
func (m *Module) Runs(qualifier string) (number int64, ok bool) {
	number, _, ok = m.Content(qualifier)
	return number, ok && qualifier != "$SAVED" && number != 0
}

// Running returns the contents that contacts may come to: the published one and those that are kept, to which aliases lead as well.
func (m *Module) Running() []int64 { return running(m.Published, m.Versions) }

// ModuleContent is one content of a module. It never changes.
type ModuleContent struct {
	ModuleID string `json:"-"`
	Number   int64  `json:"-"` // 1, 2, 3, … within the module
	Content  string `json:"content,omitzero"`
	Settings string `json:"settings,omitzero"` // the contract, JSON text
	SHA256   string `json:"sha256,omitzero"`   // of the content, lower-case hex
}

var (
	putModule = insert("modules", "id text, instance_id text, name text, doc text",
		"on conflict (id) do update set name = excluded.name, doc = excluded.doc")
	putModuleContent = insert("module_contents", "module_id text, number bigint, doc text", "")
	deleteModule     = &stmt{one: "delete from modules where id = $1"}
)

const selectModules = "select id, instance_id, name, doc from modules"

func scanModule(r row, m *Module) error { return scanDoc(r, m, &m.ID, &m.InstanceID, &m.Name) }

func readModule(q querier, id string) (*Module, error) {
	return one(q, scanModule, selectModules+" where id = $1", id)
}

func readModuleContent(q querier, id string, number int64) (*ModuleContent, error) {
	return one(q, func(r row, c *ModuleContent) error { return scanDoc(r, c, &c.ModuleID, &c.Number) },
		"select module_id, number, doc from module_contents where module_id = $1 and number = $2", id, number)
}

// Module reads a module.
func (s *Store) Module(ctx context.Context, id string) (*Module, error) {
	return readModule(reader{ctx, s}, id)
}

// ModuleByName reads the module of an instance that has this name.
func (s *Store) ModuleByName(ctx context.Context, instance, name string) (*Module, error) {
	return one(reader{ctx, s}, scanModule, selectModules+" where instance_id = $1 and name = $2", instance, name)
}

// Modules reads modules of an instance in the order of their ids, from the one after that id on; "" for the first.
func (s *Store) Modules(ctx context.Context, instance, after string, limit int) ([]Module, error) {
	return modulesOfInstance(reader{ctx, s}, instance, after, limit)
}

// Modules reads modules of an instance in the order of their ids, from the one after that id on; "" for the first.
func (tx *Tx) Modules(instance, after string, limit int) ([]Module, error) {
	return modulesOfInstance(tx.w, instance, after, limit)
}

func modulesOfInstance(q querier, instance, after string, limit int) ([]Module, error) {
	return all(q, scanModule, selectModules+" where instance_id = $1 and id > $2 order by id limit $3", instance, after, int64(limit))
}

// ModuleContent reads a content of a module, which may have been deleted.
func (s *Store) ModuleContent(ctx context.Context, id string, number int64) (*ModuleContent, error) {
	return readModuleContent(reader{ctx, s}, id, number)
}

// Module reads a module.
func (tx *Tx) Module(id string) (*Module, error) {
	m, err := configured(tx, "modules", id, readModule)
	if err == nil {
		m.Tags, m.Versions, m.Aliases = maps.Clone(m.Tags), slices.Clone(m.Versions), slices.Clone(m.Aliases)
	}
	return m, err
}

// ModuleContent reads a content of a module, which may have been deleted.
func (tx *Tx) ModuleContent(id string, number int64) (*ModuleContent, error) {
	return readModuleContent(tx.w, id, number)
}

// CountModules counts the modules of an instance, up to limit.
func (tx *Tx) CountModules(instance string, limit int) (int, error) {
	return count(tx, "modules where instance_id = $1", instance, limit)
}

// PutModule stores a module, new or changed. The update fails with ErrExists when another module of the instance has the name.
func (tx *Tx) PutModule(m *Module) {
	tx.put("modules", m.ID, putModule, m.ID, m.InstanceID, m.Name, tx.doc(m))
}

// PutModuleContent stores a new content of a module.
func (tx *Tx) PutModuleContent(c *ModuleContent) {
	tx.add(putModuleContent, c.ModuleID, c.Number, tx.doc(c))
}

// DeleteModule deletes a module if it is there. Its contents stay for the contacts that run them.
func (tx *Tx) DeleteModule(id string) {
	tx.put("modules", id, deleteModule, id)
}
