package report

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/internal/diagram"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// linesPage is how many lines of a flow log are read at once: each has up to 64 KiB.
const linesPage = 100

// line is a line of a flow log as it is kept.
type line struct {
	ContactFlowID   string          `json:"ContactFlowId"`
	ContactFlowName string          `json:"ContactFlowName"`
	Block           string          `json:"ContactFlowModuleType"`
	Identifier      string          `json:"Identifier"`
	Parameters      json.RawMessage `json:"Parameters"`
	Results         string          `json:"Results"`
	Branch          string          `json:"Branch"`
	Next            string          `json:"Next"`
	ModuleARN       string          `json:"ContactFlowModuleId"`
	ModuleName      string          `json:"ContactFlowModuleName"`
}

func readLine(row *store.FlowLogLine) (l line, err error) {
	if err := json.Unmarshal(row.Line, &l); err != nil {
		return l, fmt.Errorf("line %d of a flow log: %w", row.ID, err)
	}
	return l, nil
}

// contact finds a contact, of an instance if one is named.
func (s *Service) contact(ctx context.Context, instance, id *string) (*store.Contact, error) {
	if instance != nil {
		return s.names().Contact(ctx, *instance, *id)
	}
	ct, err := s.Store.Contact(ctx, *id)
	return ct, reply.OrNotFound(err, "Contact")
}

// TraceContact reads the flow log of a contact.
func (s *Service) TraceContact(ctx context.Context, in *parley.TraceContactInput) (*parley.TraceContactOutput, error) {
	ct, err := s.contact(ctx, in.InstanceId, in.ContactId)
	if err != nil {
		return nil, err
	}
	list := "flow-log/" + ct.ID
	place, err := reply.After(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	var after int64
	if place != "" {
		if after, err = strconv.ParseInt(place, 10, 64); err != nil {
			return nil, reply.BadToken()
		}
	}
	rows, err := s.Store.FlowLog(ctx, ct.ID, after, linesPage)
	if err != nil {
		return nil, err
	}
	out := &parley.TraceContactOutput{Lines: []parley.FlowLogLine{}, DisconnectTimestamp: reply.Time(ct.EndedAt)}
	for i := range rows {
		l, err := readLine(&rows[i])
		if err != nil {
			return nil, err
		}
		after = rows[i].ID
		out.Lines = append(out.Lines, parley.FlowLogLine{
			Timestamp: reply.Time(rows[i].At), ContactFlowId: reply.Text(l.ContactFlowID), ContactFlowName: reply.Text(l.ContactFlowName),
			ContactFlowModuleType: reply.Text(l.Block), Identifier: reply.Text(l.Identifier), Parameters: reply.Text(string(l.Parameters)),
			Results: reply.Text(l.Results), Branch: reply.Text(l.Branch), Next: reply.Text(l.Next), ContactFlowModuleId: reply.Text(l.ModuleARN),
			ContactFlowModuleName: reply.Text(l.ModuleName),
		})
	}
	if len(rows) == linesPage || ct.EndedAt == 0 {
		out.NextToken = reply.Token(list, strconv.FormatInt(after, 10))
	}
	out.Position, err = position(ct)
	return out, err
}

// position is where the flow of a contact stands, nil if none runs.
func position(ct *store.Contact) (*parley.FlowPosition, error) {
	if ct.FlowState == nil {
		return nil, nil
	}
	var state flow.State
	if err := json.Unmarshal(ct.FlowState, &state); err != nil {
		return nil, fmt.Errorf("flow state of contact %s: %w", ct.ID, err)
	}
	p := &parley.FlowPosition{ContactFlowId: &ct.FlowID, ContactFlowVersion: &ct.FlowVersion}
	at := &state
	for ; at.Caller != nil; at = at.Caller {
		p.Modules = append([]parley.ModulePosition{{FlowModuleId: &at.Module, Identifier: &at.Action}}, p.Modules...)
	}
	p.Identifier = &at.Action
	return p, nil
}

// DrawContact draws a flow that a contact was in. Of the last one it is the version that the contact runs, of others the newest.
func (s *Service) DrawContact(ctx context.Context, in *parley.DrawContactInput) (*parley.DrawContactOutput, error) {
	ct, err := s.contact(ctx, in.InstanceId, in.ContactId)
	if err != nil {
		return nil, err
	}
	id := ct.FlowID
	if named := reply.Value(in.ContactFlowId); named != "" {
		id = named[strings.LastIndexByte(named, '/')+1:]
	}
	fl, err := s.Store.Flow(ctx, id)
	if err == nil && fl.InstanceID != ct.InstanceID {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, reply.OrNotFound(err, "Contact flow")
	}
	number, flowType := fl.Published, fl.Type
	if id == ct.FlowID {
		number, flowType = ct.FlowVersion, ct.FlowType
	}
	content, err := s.Store.FlowVersion(ctx, id, number)
	if err != nil {
		return nil, reply.OrNotFound(err, "Contact flow version")
	}
	f, err := flow.Parse(content.Content)
	if err != nil {
		return nil, fmt.Errorf("flow %s version %d: %w", id, number, err)
	}
	o, err := s.way(ctx, ct, id)
	if err != nil {
		return nil, err
	}
	picture := diagram.SVG(f.Graph(flowType), diagram.Options{Title: fl.Name, Overlay: o, Inline: in.Inline})
	return &parley.DrawContactOutput{ContactFlowId: &fl.ID, ContactFlowName: &fl.Name, Picture: new(string(picture))}, nil
}

// way is which way a contact took through a flow, as its flow log tells.
func (s *Service) way(ctx context.Context, ct *store.Contact, flowID string) (*diagram.Overlay, error) {
	o := &diagram.Overlay{Visits: map[string]int{}, Taken: map[diagram.Branch]int{}}
	for after := int64(0); ; {
		rows, err := s.Store.FlowLog(ctx, ct.ID, after, linesPage)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			l, err := readLine(&rows[i])
			if err != nil {
				return nil, err
			}
			after = rows[i].ID
			switch {
			case !strings.HasSuffix(l.ContactFlowID, "/"+flowID) || l.ModuleARN != "":
			case l.Branch != "":
				o.Taken[diagram.Branch{From: l.Identifier, Branch: l.Branch}]++
			default:
				o.Visits[l.Identifier]++
			}
		}
		if len(rows) < linesPage {
			break
		}
	}
	p, err := position(ct)
	if p != nil && flowID == ct.FlowID {
		o.Current = *p.Identifier
	}
	return o, err
}
