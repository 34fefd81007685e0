package center

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

func init() { outsideJobs[jobRecord] = (*Service).writeRecord }

// record has the transcript and the record of the current contact written, which has ended, if anybody wants them.
func (sc *scene) record() error {
	ct := sc.contact
	instance, err := sc.tx.Instance(ct.InstanceID)
	if errors.Is(err, store.ErrNotFound) { // it wants nothing
		instance, err = &store.Instance{}, nil
	}
	if err != nil {
		return err
	}
	c := storage(instance, types.InstanceStorageResourceTypeChatTranscripts)
	if c != nil && sc.Objects != nil && ct.CompletedAt == 0 && ct.Transcript == "" {
		ct.Transcript, sc.contactChanged = c.Bucket+"/"+transcriptKey(instance, c.Prefix, ct), true
	}
	if len(sc.ContactEvents) == 0 && ct.Transcript == "" && storage(instance, types.InstanceStorageResourceTypeContactTraceRecords) == nil {
		return nil
	}
	sc.putJob(jobRecord, ct.ID, 0, nil)
	return nil
}

// storage finds where an instance keeps things of a kind; nil: nowhere.
func storage(in *store.Instance, kind types.InstanceStorageResourceType) *store.StorageConfig {
	if i := slices.IndexFunc(in.Storage, func(c store.StorageConfig) bool { return c.ResourceType == string(kind) }); i >= 0 {
		return &in.Storage[i]
	}
	return nil
}

// writeRecord writes the transcript of a contact that has ended, and then tells its record. A contact that was changed afterwards has its
// record told again, whole.
func (s *Service) writeRecord(ctx context.Context, job store.Job) error {
	ct, err := s.Store.Contact(ctx, job.Key)
	if errors.Is(err, store.ErrNotFound) {
		return s.finishJob(ctx, job, func(*scene) error { return nil })
	}
	if err != nil {
		return err
	}
	var metrics json.RawMessage
	var lost *store.Out
	if ct.CompletedAt == 0 {
		m, err := s.archiveInPlace(ctx, ct)
		if err != nil {
			if s.GiveUpAfter == 0 || s.Store.Now().Sub(time.UnixMilli(ct.EndedAt)) < s.GiveUpAfter {
				return err
			}
			lost, ct.Transcript = lostTranscript(ct, err), ""
			if m, err = s.archive(ctx, ct); err != nil {
				return err
			}
		}
		if m != nil {
			if metrics, err = json.Marshal(m); err != nil {
				return err
			}
		}
	}
	done, err := s.applyJob(ctx, job, func(sc *scene) error {
		if err := sc.turnTo(ct.ID); err != nil {
			return err
		}
		if sc.contact.CompletedAt == 0 {
			sc.contact.CompletedAt, sc.contact.Metrics, sc.contact.Transcript = sc.now(), metrics, ct.Transcript
			sc.tx.PutContact(sc.contact) // its time of change stays
			if lost != nil {
				sc.bury(*lost)
			}
			sc.contactEvent(contactCompleted)
		}
		return sc.tellRecord()
	})
	if err != nil || done {
		return err
	}
	if _, err := s.Store.Contact(ctx, ct.ID); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return s.forgetTranscript(ctx, ct) // who erased the chat may not have seen it
}

// turnTo makes a contact of the chat the current one.
func (sc *scene) turnTo(contactID string) (err error) {
	if sc.contact.ID != contactID {
		sc.contact, err = sc.tx.ContactByID(contactID)
	}
	return err
}

// tellRecord tells the record of the current contact.
func (sc *scene) tellRecord() error {
	instance, err := sc.tx.Instance(sc.chat.InstanceID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	c := storage(instance, types.InstanceStorageResourceTypeContactTraceRecords)
	if c == nil {
		return nil
	}
	body, err := sc.recordBody()
	if err != nil {
		return err
	}
	sc.tellOutside(store.Out{Target: c.StreamARN, Kind: kindRecord, Body: body})
	return nil
}

// contactRecord is what is left of a contact. All members are there, null without a value; some never have one here. Source: connect-chat sheet, 7.5.
type contactRecord struct {
	AWSAccountId                       string
	AWSContactTraceRecordFormatVersion string
	Agent                              *recordAgent
	AgentConnectionAttempts            int
	AnsweringMachineDetectionStatus    any
	Attributes                         map[string]string
	Campaign                           struct{ CampaignId any }
	Channel                            string
	ChatMetrics                        any
	ConnectedToSystemTimestamp         *string
	ContactDetails                     map[string]string
	ContactId                          string
	ContactLens                        any
	CustomerEndpoint                   any
	CustomerId                         *string
	CustomerVoiceActivity              any
	DisconnectReason                   *string
	DisconnectTimestamp                *string
	InitialContactId                   *string
	InitiationMethod                   string
	InitiationTimestamp                *string
	InstanceARN                        string
	LastUpdateTimestamp                *string
	MediaStreams                       []mediaStream
	NextContactId                      *string
	PreviousContactId                  *string
	Queue                              *recordQueue
	Recording                          any
	Recordings                         []recording
	References                         []reference
	RelatedContactId                   *string
	RoutingCriteria                    []any
	ScheduledTimestamp                 any
	SegmentAttributes                  any
	SystemEndpoint                     any
	Tags                               map[string]string
	TransferCompletedTimestamp         any
	TransferredToEndpoint              any
	VoiceIdResult                      any
}

type mediaStream struct{ Type string }

type recordAgent struct {
	ARN                            string
	Username                       *string
	AfterContactWorkStartTimestamp any
	AfterContactWorkEndTimestamp   any
	AfterContactWorkDuration       int64
	AgentInteractionDuration       int64
	ConnectedToAgentTimestamp      *string
	CustomerHoldDuration           int64
	LongestHoldDuration            int64
	NumberOfHolds                  int64
	HierarchyGroups                any
	RoutingProfile                 any
}

type recordQueue struct {
	ARN              string
	Name             *string
	EnqueueTimestamp *string
	DequeueTimestamp *string
	Duration         int64
}

type recording struct {
	DeletionReason, FragmentStartNumber, FragmentStopNumber any
	Location, MediaStreamType                               string
	ParticipantType, StartTimestamp                         any
	Status                                                  string
	StopTimestamp                                           any
	StorageType                                             string
}

type reference struct {
	Name, Type    string
	Value, Status *string
}

func (sc *scene) recordBody() ([]byte, error) {
	ct, chat := sc.contact, sc.chat
	segment, err := storedSegmentAttributes(ct.SegmentAttributes)
	if err != nil {
		return nil, err
	}
	metrics, err := storedMetrics(ct)
	if err != nil {
		return nil, err
	}
	r := contactRecord{
		AWSAccountId: sc.Scope.Account, AWSContactTraceRecordFormatVersion: "2017-03-10",
		Attributes: chat.Attributes, Channel: string(types.ChannelChat), ChatMetrics: inRecords.of(metrics),
		ConnectedToSystemTimestamp: inRecords.at(ct.SystemAt), ContactDetails: map[string]string{},
		ContactId: ct.ID, CustomerId: reply.Text(chat.CustomerID), DisconnectReason: reply.Text(ct.DisconnectReason),
		DisconnectTimestamp: inRecords.at(ct.EndedAt), InitiationMethod: ct.InitiationMethod,
		InitiationTimestamp: inRecords.at(ct.InitiatedAt), InstanceARN: sc.Scope.Instance(ct.InstanceID),
		LastUpdateTimestamp: inRecords.at(ct.UpdatedAt), MediaStreams: []mediaStream{{"CHAT"}},
		NextContactId: reply.Text(ct.NextID), PreviousContactId: reply.Text(ct.PreviousID), RelatedContactId: reply.Text(ct.RelatedID),
		References: []reference{}, SegmentAttributes: inRecords.of(segment), Tags: tagsOf(ct),
	}
	if ct.Analytics != nil {
		r.ContactLens = inRecords.of(contactLens(ct.Analytics))
	}
	if ct.TransferAt != 0 {
		r.TransferCompletedTimestamp = inRecords.at(ct.TransferAt)
	}
	if r.Attributes == nil {
		r.Attributes = map[string]string{}
	}
	if ct.ID != chat.ID {
		r.InitialContactId = &chat.ID
	}
	for name, v := range map[string]string{"Name": ct.Name, "Description": ct.Description} {
		if v != "" {
			r.ContactDetails[name] = v
		}
	}
	if ct.AgentAt != 0 {
		r.AgentConnectionAttempts = 1
		r.Agent = &recordAgent{
			ARN:                       sc.Scope.Resource(ct.InstanceID, arn.Agent, ct.AgentID),
			ConnectedToAgentTimestamp: inRecords.at(ct.AgentAt), AgentInteractionDuration: seconds(ct.AgentAt, ct.EndedAt),
		}
		for _, p := range chat.Participants {
			if p.ID == ct.AgentID {
				r.Agent.Username = reply.Text(p.DisplayName)
			}
		}
	}
	if ct.QueueID != "" {
		r.Queue = &recordQueue{
			ARN:              sc.Scope.Resource(ct.InstanceID, arn.Queue, ct.QueueID),
			EnqueueTimestamp: inRecords.at(ct.EnqueuedAt), DequeueTimestamp: inRecords.at(ct.DequeuedAt),
			Duration: seconds(ct.EnqueuedAt, ct.DequeuedAt),
		}
		switch q, err := sc.tx.Queue(ct.QueueID); {
		case err == nil:
			r.Queue.Name = &q.Name
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
	}
	if ct.Transcript != "" {
		r.Recordings = []recording{{Location: ct.Transcript, MediaStreamType: "CHAT", Status: "AVAILABLE", StorageType: "S3"}}
	}
	if o := chat.Outside; o != nil && strings.HasPrefix(o.Source, "+") {
		r.CustomerEndpoint = map[string]string{"Type": "TELEPHONE_NUMBER", "Address": o.Source}
	}
	references, err := storedReferences(ct.References)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(references)) {
		of := references[name]
		r.References = append(r.References, reference{name, string(of.Type), of.Value, reply.Text(string(of.Status))})
	}
	criteria, err := routingCriteria(ct, sc.now())
	if err != nil {
		return nil, err
	}
	if criteria != nil {
		r.RoutingCriteria = []any{inRecords.of(criteria)}
	}
	return json.Marshal(r)
}

// seconds are the whole seconds between two times in milliseconds.
func seconds(from, to int64) int64 { return max(0, to-from) / 1000 }
