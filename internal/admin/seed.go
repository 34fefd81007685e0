package admin

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/hours"
	"github.com/openparley/parley/internal/store"
)

// Names of what a new instance holds, Amazon's own where Amazon has them. Source: connect-chat sheet, 5.2.
const (
	BasicHours  = "Basic Hours"
	BasicQueue  = "BasicQueue"
	DemoFlow    = "Welcome"
	waitingFlow = "Waiting in the queue"
	surveyFlow  = "Survey"
)

//go:embed flows/*.json
var flowFiles embed.FS

// newFlows are the flows of a new instance. In a chat only the first three defaults do something.
var newFlows = []struct {
	name, file  string
	flowType    types.ContactFlowType
	isDefault   bool
	description string
}{
	{"Default customer queue", "end", types.ContactFlowTypeCustomerQueue, true, "Runs while a customer waits, unless the chat has a flow of its own for that: says nothing"},
	{"Default queue transfer", "transfer", types.ContactFlowTypeQueueTransfer, true, "Hands a chat over to a queue"},
	{"Default agent transfer", "transfer", types.ContactFlowTypeAgentTransfer, true, "Hands a chat over to an agent"},
	{"Default customer hold", "end", types.ContactFlowTypeCustomerHold, true, "Does nothing: a chat is never on hold"},
	{"Default agent hold", "end", types.ContactFlowTypeAgentHold, true, "Does nothing: a chat is never on hold"},
	{"Default customer whisper", "end", types.ContactFlowTypeCustomerWhisper, true, "Does nothing: a chat has whispers only when a flow sets them"},
	{"Default agent whisper", "end", types.ContactFlowTypeAgentWhisper, true, "Does nothing: a chat has whispers only when a flow sets them"},
	{"Default outbound", "end", types.ContactFlowTypeOutboundWhisper, true, "Does nothing: customers start the chats"},
	{DemoFlow, "demo", types.ContactFlowTypeContactFlow, false, "Greets, branches, waits, and hands over to " + BasicQueue},
	{waitingFlow, "waiting", types.ContactFlowTypeCustomerQueue, false, "Tells a customer who waits that it goes on"},
	{"Sample disconnect flow", "disconnect", types.ContactFlowTypeContactFlow, false, "Waits for the customer to come back after the agent has left"},
	{surveyFlow, "survey", types.ContactFlowTypeContactFlow, false, "Asks the customer how it was after the agent has left"},
}

// NewInstance describes an instance to be made.
type NewInstance struct {
	ID    string // random if empty
	Alias string

	// IDs are those of flows, queues and hours by name; the others follow from the id of the instance.
	IDs map[string]string
}

// CreateInstance writes an instance with what a new one holds, as far as Parley has it: hours, a queue, the default flows and samples,
// switches, and places for transcripts and attachments. It returns the id of the instance. The update fails with store.ErrExists when there is one with this id.
func CreateInstance(tx *store.Tx, in NewInstance) string {
	if in.ID == "" {
		in.ID = uuid.NewString()
	}
	now := tx.Now().UnixMilli()
	instance := &store.Instance{
		ID: in.ID, Alias: in.Alias, CreatedAt: now, DefaultFlows: map[string]string{}, Storage: newStorage(in),
	}
	addAttributes(instance)
	putBasicHours(tx, in)
	tx.PutQueue(&store.Queue{
		ID: in.id(BasicQueue), InstanceID: in.ID, Name: BasicQueue, Description: "The queue of a new instance", Enabled: true,
		HoursID: in.id(BasicHours), ModifiedAt: now,
	})
	ids := strings.NewReplacer("{{queue}}", in.id(BasicQueue), "{{waiting}}", in.id(waitingFlow), "{{survey}}", in.id(surveyFlow))
	for _, f := range newFlows {
		content, err := flowFiles.ReadFile("flows/" + f.file + ".json")
		if err != nil {
			panic(err) // the files are part of the program
		}
		if f.isDefault {
			instance.DefaultFlows[string(f.flowType)] = in.id(f.name)
		}
		putContent(tx, &store.Flow{
			ID: in.id(f.name), InstanceID: in.ID, Name: f.name, Type: string(f.flowType), Description: f.description,
			State: string(types.ContactFlowStateActive),
		}, ids.Replace(string(content)), false)
	}
	tx.PutInstance(instance)
	return in.ID
}

// putBasicHours makes hours that are always open.
func putBasicHours(tx *store.Tx, in NewInstance) {
	always := hours.Schedule{Zone: "UTC"}
	for d := time.Sunday; d <= time.Saturday; d++ {
		always.Week = append(always.Week, hours.Entry{Day: d})
	}
	schedule, err := json.Marshal(always)
	if err != nil {
		panic(err) // it has a form
	}
	tx.PutHours(&store.Hours{
		ID: in.id(BasicHours), InstanceID: in.ID, Name: BasicHours, Description: "Always open", Schedule: schedule, ModifiedAt: tx.Now().UnixMilli(),
	})
}

// addHours gives queues of an instance that have no hours the basic ones.
func (s *Service) addHours(ctx context.Context, in NewInstance) error {
	return s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(in.ID); err != nil {
			return err
		}
		var without []store.Queue
		for q, err := range queuesIn(tx, in.ID) {
			if err != nil {
				return err
			}
			if q.HoursID == "" {
				without = append(without, *q)
			}
		}
		if len(without) == 0 {
			return nil
		}
		if _, err := tx.Hours(in.id(BasicHours)); errors.Is(err, store.ErrNotFound) {
			putBasicHours(tx, in)
		} else if err != nil {
			return err
		}
		for _, q := range without {
			q.HoursID = in.id(BasicHours)
			tx.PutQueue(&q)
		}
		return nil
	})
}

// addAttributes gives an instance the switches that it lacks.
func addAttributes(in *store.Instance) {
	if in.Attributes == nil {
		in.Attributes = map[string]string{}
	}
	for name, value := range newAttributes {
		if _, ok := in.Attributes[string(name)]; !ok {
			in.Attributes[string(name)] = value
		}
	}
}

// Complete gives the instances of earlier versions what they lack of a new one: hours, switches and, if they had none, places for
// transcripts and attachments.
func (s *Service) Complete(ctx context.Context) error {
	const size = 100
	for after, more := "", true; more; {
		rows, err := s.Store.Instances(ctx, after, size)
		if err != nil {
			return err
		}
		for i := range rows {
			after = rows[i].ID
			if err := s.addHours(ctx, NewInstance{ID: after}); err != nil {
				return err
			}
			if len(rows[i].Attributes) >= len(newAttributes) {
				continue
			}
			err := s.changeInstance(ctx, after, func(_ *store.Tx, in *store.Instance) error {
				if in.Attributes == nil {
					in.Storage = newStorage(NewInstance{ID: in.ID, Alias: in.Alias})
				}
				addAttributes(in)
				return nil
			})
			if err != nil {
				return err
			}
		}
		more = len(rows) == size
	}
	return nil
}

func (in NewInstance) id(name string) string {
	if id, ok := in.IDs[name]; ok {
		return id
	}
	return idOf(in.ID, name)
}

// idOf makes an id that a name always gets again in an instance, in the form of a random one.
func idOf(instanceID, name string) string {
	hash := sha256.Sum256([]byte(instanceID + "\x00" + name))
	id := uuid.UUID(hash[:16])
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id.String()
}
