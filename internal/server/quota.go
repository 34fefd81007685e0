package server

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Quotas say how much callers may ask for. The zero value is profile "self".
type Quotas struct {
	// Profile is where the figures come from: "self" protects the machine, "aws" has the default quotas of Amazon Connect (for
	// testing how a client takes a 429), "off" has no limits.
	Profile string `yaml:"profile"`

	// Operations replaces the rate of single operations, by name.
	Operations map[string]Rate `yaml:"operations"`

	// ActiveChats replaces the profile's limit of chats that live at the same time in one instance; 0 is no limit.
	ActiveChats *int `yaml:"active_chats"`
}

// Rate is a token bucket. Operations of the Connect service have one bucket for all callers; those of the Participant Service have
// one for the instance in profile "aws" and one for each participant otherwise.
type Rate struct {
	// PerSecond is how many calls a second are served in the long run; 0 is no limit.
	PerSecond float64 `yaml:"rate"`

	// Burst is how many calls are served at once after a rest; 0 is as many as in one second, at least one.
	Burst int `yaml:"burst"`

	// Hold is how long a call may be kept waiting for its turn before it is refused with 429.
	Hold time.Duration `yaml:"hold"`
}

func (r Rate) check() error {
	if r.PerSecond < 0 || r.Burst < 0 || r.Hold < 0 {
		return errors.New("rate, burst and hold can not be negative")
	}
	return nil
}

// profile is a named set of quotas.
type profile struct {
	activeChats    int // 0: no limit
	flows          int // of an instance; 0: no limit
	modules        int // the same
	hours          int // of operation
	queues         int
	prompts        int
	connect        Rate            // operations of the Connect service that are not in rates
	rates          map[string]Rate // by operation
	perParticipant bool            // a bucket for each participant instead of one for the instance
}

var profiles = map[string]profile{
	// Sources: administrator guide, "Amazon Connect service quotas" and "API throttling quotas"; Participant Service throttling.
	"aws": {
		activeChats: 500,
		flows:       100,
		modules:     200,
		hours:       100,
		queues:      100,
		prompts:     500,
		connect:     Rate{PerSecond: 2, Burst: 5},
		rates: map[string]Rate{
			"StartChatContact":                   {PerSecond: 5, Burst: 8},
			"StartContactStreaming":              {PerSecond: 5, Burst: 8},
			"StopContactStreaming":               {PerSecond: 5, Burst: 8},
			"CreatePersistentContactAssociation": {PerSecond: 5, Burst: 8},
			"UpdateParticipantRoleConfig":        {PerSecond: 5, Burst: 8},
			"CreateParticipant":                  {PerSecond: 5, Burst: 8},
			"GetMetricData":                      {PerSecond: 5, Burst: 8},
			"GetCurrentMetricData":               {PerSecond: 5, Burst: 8},
			"GetMetricDataV2":                    {PerSecond: 10, Burst: 10},
			"DescribeContact":                    {PerSecond: 10, Burst: 15},
			"UpdateContact":                      {PerSecond: 10, Burst: 15},
			"StopContact":                        {PerSecond: 10, Burst: 15},
			"GetContactAttributes":               {PerSecond: 10, Burst: 15},
			"UpdateContactAttributes":            {PerSecond: 10, Burst: 15},
			"ListContactReferences":              {PerSecond: 10, Burst: 15},
			"BatchPutContact":                    {PerSecond: 10, Burst: 15},
			"TagContact":                         {PerSecond: 20, Burst: 25},
			"UntagContact":                       {PerSecond: 20, Burst: 25},
			"UpdateContactRoutingData":           {PerSecond: 20, Burst: 20},
			"SendChatIntegrationEvent":           {PerSecond: 17, Burst: 26},
			"ListIntegrationAssociations":        {PerSecond: 25, Burst: 50},
			"SearchContacts":                     {PerSecond: 0.5, Burst: 1},
			"CreateParticipantConnection":        {PerSecond: 6, Burst: 9},
			"DisconnectParticipant":              {PerSecond: 3, Burst: 5},
			"GetTranscript":                      {PerSecond: 8, Burst: 12},
			"SendMessage":                        {PerSecond: 10, Burst: 15},
			"SendEvent":                          {PerSecond: 10, Burst: 15},
			"StartAttachmentUpload":              {PerSecond: 2, Burst: 5},
			"CompleteAttachmentUpload":           {PerSecond: 2, Burst: 5},
			"GetAttachment":                      {PerSecond: 8, Burst: 12},
		},
	},
	// The callers of Connect operations hold a key of ours and are trusted; a participant is anybody with a browser. Three 429 in
	// a row end a chatjs session for good when it reconnects (participant-wire sheet, 9.5), so that call waits instead.
	"self": {
		perParticipant: true,
		rates: map[string]Rate{
			"CreateParticipantConnection": {PerSecond: 2, Burst: 20, Hold: 20 * time.Second},
			"DisconnectParticipant":       {PerSecond: 5, Burst: 10, Hold: time.Second},
			"GetTranscript":               {PerSecond: 20, Burst: 60, Hold: 2 * time.Second},
			"SendMessage":                 {PerSecond: 50, Burst: 200},
			"SendEvent":                   {PerSecond: 50, Burst: 200},
			"StartAttachmentUpload":       {PerSecond: 2, Burst: 40, Hold: 2 * time.Second},
			"CompleteAttachmentUpload":    {PerSecond: 2, Burst: 40, Hold: 2 * time.Second},
			"GetAttachment":               {PerSecond: 20, Burst: 60, Hold: 2 * time.Second},
		},
	},
	"off": {},
}

// resolve returns the profile with the configured replacements. known has the names that operations may have.
func (q Quotas) resolve(known map[string]bool) (profile, error) {
	name := q.Profile
	if name == "" {
		name = "self"
	}
	p, ok := profiles[name]
	if !ok {
		return p, fmt.Errorf("quotas.profile: %q is not a profile: choose aws, self or off", name)
	}
	p.rates = maps.Clone(p.rates)
	if p.rates == nil {
		p.rates = map[string]Rate{}
	}
	for _, op := range slices.Sorted(maps.Keys(q.Operations)) {
		r := q.Operations[op]
		if !known[op] {
			return p, fmt.Errorf("quotas.operations: there is no operation %q", op)
		}
		if err := r.check(); err != nil {
			return p, fmt.Errorf("quotas.operations.%s: %w", op, err)
		}
		p.rates[op] = r
	}
	if q.ActiveChats != nil {
		if *q.ActiveChats < 0 {
			return p, fmt.Errorf("quotas.active_chats: %d is negative", *q.ActiveChats)
		}
		p.activeChats = *q.ActiveChats
	}
	return p, nil
}

// maxBuckets bounds the buckets of one limiter, so that callers without number do not fill the memory.
const maxBuckets = 1 << 16

// limiter keeps the buckets of one operation. A bucket that has had time to fill up again is as good as a new one and is
// forgotten: buckets used since the last turn are young, and a turn lets the old ones go.
type limiter struct {
	rate   Rate
	refill time.Duration // an unused bucket is full after this time

	mu         sync.Mutex
	young, old map[string]*rate.Limiter
	turned     time.Time
}

// newLimiter returns nil, which limits nothing, when the rate has no limit.
func newLimiter(r Rate) *limiter {
	if r.PerSecond == 0 {
		return nil
	}
	if r.Burst == 0 {
		r.Burst = max(1, int(math.Ceil(r.PerSecond)))
	}
	refill := time.Duration(float64(r.Burst) / r.PerSecond * float64(time.Second))
	return &limiter{rate: r, refill: max(refill, time.Second), young: map[string]*rate.Limiter{}}
}

// take asks for one call of the caller with this key. The call may begin after wait; when it may not begin at all, wait is how
// long the caller had better stay away.
func (l *limiter) take(now time.Time, key string) (wait time.Duration, ok bool) {
	if l == nil {
		return 0, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.young) >= maxBuckets || now.Sub(l.turned) > l.refill {
		l.young, l.old, l.turned = map[string]*rate.Limiter{}, l.young, now
	}
	bucket := l.young[key]
	if bucket == nil {
		if bucket = l.old[key]; bucket == nil {
			bucket = rate.NewLimiter(rate.Limit(l.rate.PerSecond), l.rate.Burst)
		}
		l.young[key] = bucket
	}
	turn := bucket.ReserveN(now, 1)
	if wait = turn.DelayFrom(now); wait > l.rate.Hold {
		turn.CancelAt(now)
		return wait, false
	}
	return wait, true
}
