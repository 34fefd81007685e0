package testcase

import (
	"context"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/parley"
)

// searchSpan is how long a span of time can be searched at once. Source: connect-chat sheet, 4.2.
const searchSpan = 8 * 7 * 24 * time.Hour

// Contacts are the ids of all contacts of a stage that began since, in the order of their beginning.
func Contacts(ctx context.Context, stage Stage, since time.Time) ([]string, error) {
	client, _ := stage.Clients()
	now, err := stage.Now(ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for from := since.Add(-time.Second); !from.After(now); from = from.Add(searchSpan) {
		in := &connect.SearchContactsInput{
			InstanceId: new(stage.InstanceID()),
			TimeRange: &types.SearchContactsTimeRange{
				Type: types.SearchContactsTimeRangeTypeInitiationTimestamp, StartTime: &from, EndTime: new(from.Add(searchSpan - time.Millisecond)),
			},
			Sort: &types.Sort{FieldName: types.SortableFieldNameInitiationTimestamp, Order: types.SortOrderAscending},
		}
		for {
			out, err := client.SearchContacts(ctx, in)
			if err != nil {
				return nil, err
			}
			for _, c := range out.Contacts {
				ids = append(ids, *c.Id)
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				break
			}
		}
	}
	return ids, nil
}

// Trace calls see with every line of the flow logs of all contacts that began since.
func Trace(ctx context.Context, stage Stage, since time.Time, see func(*parley.FlowLogLine)) error {
	ids, err := Contacts(ctx, stage, since)
	if err != nil {
		return err
	}
	for _, id := range ids {
		in := &parley.TraceContactInput{ContactId: &id}
		for {
			out, err := stage.Operator().TraceContact(ctx, in)
			if err != nil {
				return err
			}
			for i := range out.Lines {
				see(&out.Lines[i])
			}
			if in.NextToken = out.NextToken; in.NextToken == nil || len(out.Lines) == 0 {
				break
			}
		}
	}
	return nil
}
