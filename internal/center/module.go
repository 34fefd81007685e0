package center

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/store"
)

// A run names the module that it is in by id and content, "id:3": it keeps this content however the module changes meanwhile.

// running is the flow or module in which a run stands.
func (sc *scene) running(state *flow.State) (*flow.Flow, error) {
	if state.Module == "" {
		return sc.compiled(sc.contact.FlowID, sc.contact.FlowVersion)
	}
	id, text, _ := strings.Cut(state.Module, ":")
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("contact %s is in module %q", sc.contact.ID, state.Module)
	}
	return sc.compile(flowVersion{id, number}, func() (string, error) {
		content, err := sc.tx.ModuleContent(id, number)
		if err != nil {
			return "", err
		}
		return content.Content, nil
	})
}

// enterModule returns the state in which a module begins. It reports false where there is no such module, or modules are nested too deep.
// An archived module still runs. Source: flow sheet, 4.2.
func (sc *scene) enterModule(state flow.State, e flow.EnterModule) (flow.State, bool, error) {
	id, ok := sc.Scope.ResourceID(sc.chat.InstanceID, arn.FlowModule, e.ModuleID)
	if !ok {
		return state, false, nil
	}
	id, qualifier := store.CutQualifier(id)
	m, err := sc.tx.Module(id)
	if errors.Is(err, store.ErrNotFound) {
		return state, false, nil
	}
	if err != nil {
		return state, false, err
	}
	number, ok := m.Runs(qualifier)
	if !ok || m.InstanceID != sc.chat.InstanceID {
		return state, false, nil
	}
	inside, ok := state.Enter(id+":"+strconv.FormatInt(number, 10), e.Input)
	return inside, ok, nil
}

// moduleNames are what a line of the flow log says of the module that it is from. Source: flow sheet, 16.
type moduleNames struct {
	ModuleARN  string `json:"ContactFlowModuleId,omitempty"`
	ModuleName string `json:"ContactFlowModuleName,omitempty"`
}

func (sc *scene) moduleNames(module string) (names moduleNames) {
	id, _, inside := strings.Cut(module, ":")
	if !inside {
		return names
	}
	names.ModuleARN = sc.Scope.Resource(sc.chat.InstanceID, arn.FlowModule, id)
	if m, err := sc.tx.Module(id); err == nil {
		names.ModuleName = m.Name
	}
	return names
}
