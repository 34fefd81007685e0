package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Times in rows are Unix milliseconds in UTC; 0 is none. Fields tagged "-" have columns of their own or are derived; the others
// live together in the JSON column doc.

// Chat is what all contacts of one conversation share. Its id is the id of its first contact.
type Chat struct {
	Num        int64  `json:"-"` // given by Tx.CreateChat; items are addressed by it
	ID         string `json:"-"`
	InstanceID string `json:"-"`
	ContactID  string `json:"-"` // current contact

	// Seq and LastAt are number and time of the newest item. They are derived from the items, never stored.
	Seq    int64 `json:"-"`
	LastAt int64 `json:"-"`

	Participants             []Participant     `json:"participants,omitzero"`
	Attributes               map[string]string `json:"attributes,omitzero"`
	ContentTypes             []string          `json:"contentTypes,omitzero"`
	Hooks                    map[string]string `json:"hooks,omitzero"` // event hook → flow id
	CustomerID               string            `json:"customerId,omitzero"`
	StartedAt                int64             `json:"startedAt,omitzero"`
	ExpiresAt                int64             `json:"expiresAt,omitzero"`
	ConnectedAt              int64             `json:"connectedAt,omitzero"` // customer's first subscription
	EndedAt                  int64             `json:"-"`
	LogFlow                  bool              `json:"logFlow,omitzero"`
	InitialMessage           string            `json:"initialMessage,omitzero"`
	DisconnectOnCustomerExit bool              `json:"disconnectOnCustomerExit,omitzero"`
	ResponseMode             string            `json:"responseMode,omitzero"`

	// Timers of roles in minutes, by role and type: "CUSTOMER/IDLE". Running are those that were taken over when somebody joined
	// the customer, Idle the participants who were told to be idle.
	Timers  map[string]int64 `json:"timers,omitzero"`
	Running map[string]int64 `json:"running,omitzero"`
	Idle    []string         `json:"idle,omitzero"`

	Streams   []Streaming `json:"streams,omitzero"`
	Processor *Processor  `json:"processor,omitzero"`

	// Past are the earlier segments whose items the chat shows, the newest first. Rehydrated says that it was asked for, if there
	// is nothing to show either.
	Past       []Past `json:"past,omitzero"`
	Rehydrated bool   `json:"rehydrated,omitzero"`

	Outside *Outside `json:"outside,omitzero"` // who the customer is on another channel; nil: a web chat
	SignIn  *SignIn  `json:"signIn,omitzero"`
}

// Streaming is where the items of a chat are published beside its sockets.
type Streaming struct {
	ID     string `json:"id"`
	Target string `json:"target"`
}

// Processor is a function that every message passes before anybody but its sender sees it.
type Processor struct {
	Function string `json:"function"`
	Deliver  bool   `json:"deliver,omitzero"` // messages that it could not process are delivered as they are
}

// Past is a segment of an earlier chat, which has ended.
type Past struct {
	ContactID string `json:"contactId"`
	ChatID    string `json:"chatId"`
	Num       int64  `json:"num"`  // of the chat
	Last      int64  `json:"last"` // number of the newest item of that chat that is shown
}

// Outside is a customer who is on another channel, such as SMS, behind a gateway.
type Outside struct {
	Source      string `json:"source"`      // the customer's address there
	Destination string `json:"destination"` // the address of the business
	Subtype     string `json:"subtype"`     // "connect:SMS"
}

// SignIn is a customer's sign-in that a flow waits for.
type SignIn struct {
	SessionID   string `json:"sessionId"`
	State       string `json:"state,omitzero"` // handed to the identity provider and back
	UserPool    string `json:"userPool"`
	AppClient   string `json:"appClient"`
	StartedAt   int64  `json:"startedAt"`
	RedirectURI string `json:"redirectUri,omitzero"`
	Verifier    string `json:"verifier,omitzero"` // ties the provider's code to this sign-in
}

// Participant is somebody who takes part in a chat, or did.
type Participant struct {
	ID           string `json:"id"`
	Role         string `json:"role"`
	DisplayName  string `json:"name,omitzero"`
	InvitedAt    int64  `json:"invitedAt,omitzero"` // 0: was there from the beginning
	JoinedAt     int64  `json:"joinedAt,omitzero"`  // 0: not yet
	LeftAt       int64  `json:"leftAt,omitzero"`
	TokenExpires int64  `json:"tokenExpires,omitzero"` // participant token; 0: with the chat
	Silent       bool   `json:"silent,omitzero"`       // a supervisor nobody knows of
}

// Contact is one segment of a chat.
type Contact struct {
	ID         string `json:"-"`
	ChatID     string `json:"-"`
	InstanceID string `json:"-"`

	PreviousID       string `json:"previousId,omitzero"`
	NextID           string `json:"nextId,omitzero"`
	RelatedID        string `json:"relatedId,omitzero"`
	InitiationMethod string `json:"initiationMethod,omitzero"`
	Name             string `json:"name,omitzero"`
	Description      string `json:"description,omitzero"`
	LanguageCode     string `json:"languageCode,omitzero"`
	DisconnectReason string `json:"disconnectReason,omitzero"`

	InitiatedAt int64 `json:"initiatedAt,omitzero"`
	SystemAt    int64 `json:"systemAt,omitzero"` // connected to the system
	EnqueuedAt  int64 `json:"enqueuedAt,omitzero"`
	DequeuedAt  int64 `json:"dequeuedAt,omitzero"`
	AgentAt     int64 `json:"agentAt,omitzero"`    // connected to an agent
	TransferAt  int64 `json:"transferAt,omitzero"` // an agent handed it over
	EndedAt     int64 `json:"-"`
	CompletedAt int64 `json:"completedAt,omitzero"` // nothing more is done for it
	UpdatedAt   int64 `json:"updatedAt,omitzero"`

	TargetQueueID string `json:"targetQueueId,omitzero"`
	QueueID       string `json:"-"` // queue the contact is in, or was in when it ended
	QueuePriority int64  `json:"queuePriority,omitzero"`
	QueueAdjust   int64  `json:"queueAdjust,omitzero"` // seconds
	WaitsSince    int64  `json:"waitsSince,omitzero"`  // what counts for its place in place of EnqueuedAt, if it is not 0

	AssociationID string `json:"associationId,omitzero"` // see Association

	AgentID string `json:"agentId,omitzero"` // of the first agent who joined: the user, else the participant

	Whisper *Whisper `json:"whisper,omitzero"` // that runs; nil: none
	Meant   *Agent   `json:"meant,omitzero"`   // who the contact is handed to
	Guides  []Guide  `json:"guides,omitzero"`

	SegmentAttributes json.RawMessage   `json:"segmentAttributes,omitzero"`
	Tags              map[string]string `json:"tags,omitzero"`
	References        json.RawMessage   `json:"references,omitzero"`
	RoutingCriteria   json.RawMessage   `json:"routingCriteria,omitzero"`

	// Transcript is where the file of the contact's transcript is, or will be: its bucket, a slash and its key; "" for none.
	Transcript string `json:"transcript,omitzero"`

	Metrics json.RawMessage `json:"metrics,omitzero"` // of its messages, once it is completed

	FlowID      string          `json:"flowId,omitzero"`
	FlowVersion int64           `json:"flowVersion,omitzero"`
	FlowType    string          `json:"flowType,omitzero"`
	FlowState   json.RawMessage `json:"flowState,omitzero"`  // nil: no flow runs
	FlowWaits   []string        `json:"flowWaits,omitzero"`  // events the run waits for
	FlowHides   bool            `json:"flowHides,omitzero"`  // what it waits for is not to be read in the transcript
	FlowPauses  int64           `json:"flowPauses,omitzero"` // while a clock runs behind it: when it may go on behind the clock; 0: none runs
	FlowClock   int64           `json:"flowClock,omitzero"`  // when that clock is over
	FlowNoted   []int64         `json:"flowNoted,omitzero"`  // actions that the flow log has a line of although nothing is logged, hashed

	Analytics *Analytics  `json:"analytics,omitzero"` // as a flow has asked for; nil: none has
	Bot       *BotSession `json:"bot,omitzero"`       // that the run waits for
}

// BotSession is a bot that talks to the customer.
type BotSession struct {
	AliasARN      string            `json:"aliasArn,omitzero"` // of Lex V2, or a name; or as classic Lex has it:
	Name          string            `json:"name,omitzero"`
	Region        string            `json:"region,omitzero"`
	Alias         string            `json:"alias,omitzero"`
	Attributes    map[string]string `json:"attributes,omitzero"`
	State         json.RawMessage   `json:"state,omitzero"`         // what the bot wants to be given again
	Texts         []string          `json:"texts,omitzero"`         // of the customer that the bot was not told yet, oldest first
	Turn          string            `json:"turn,omitzero"`          // id of what it is told next
	TimeoutMillis int64             `json:"timeoutMillis,omitzero"` // how long the customer may be silent; 0: no limit
	Waited        bool              `json:"waited,omitzero"`        // for the customer; otherwise it has answered what it was told first
}

// Association is the id of the chat at the root of the tree that the contact is in: its own, or the one that it goes back to over related
// contacts.
func (ct *Contact) Association() string {
	if ct.AssociationID == "" {
		return ct.ChatID
	}
	return ct.AssociationID
}

// Priority is the contact's priority in its queue: 5 unless it was set, 1 is served first. Source: connect-chat sheet, appendix B.
func (ct *Contact) Priority() int64 {
	if ct.QueuePriority == 0 {
		return 5
	}
	return ct.QueuePriority
}

// queueSince orders contacts of one priority: when the contact entered its queue, moved by its adjustment.
// Source: connect-chat sheet, 9.2.
func (ct *Contact) queueSince() int64 {
	return cmp.Or(ct.WaitsSince, ct.EnqueuedAt) - ct.QueueAdjust*1000
}

// Whisper is a flow that speaks to one side alone before both can talk.
type Whisper struct {
	Hook          string `json:"hook"`
	ParticipantID string `json:"participant"` // the agent who has come
}

// Agent is an agent by name.
type Agent struct {
	ID        string `json:"id,omitzero"`
	UserName  string `json:"userName,omitzero"`
	FirstName string `json:"firstName,omitzero"`
	LastName  string `json:"lastName,omitzero"`
}

// Analytics is how a contact is to be analysed.
type Analytics struct {
	Enabled  bool     `json:"enabled,omitzero"`
	Language string   `json:"language,omitzero"`
	Modes    []string `json:"modes,omitzero"`
	Redacts  bool     `json:"redacts,omitzero"`
	Policy   string   `json:"policy,omitzero"`
	MaskMode string   `json:"maskMode,omitzero"`
	Entities []string `json:"entities,omitzero"`
}

// Guide is a chat of its own that leads the agent of a contact.
type Guide struct {
	Hook          string `json:"hook"` // that started it
	ContactID     string `json:"contact"`
	ParticipantID string `json:"participant"`
}

// Waited is how long the contact was in its queue before it got an agent.
func (ct *Contact) Waited() time.Duration {
	return time.Duration(ct.AgentAt-ct.EnqueuedAt) * time.Millisecond
}

// Item is one entry of a chat's transcript.
type Item struct {
	Chat          int64 // Chat.Num
	Seq           int64 // 1, 2, 3, … within the chat
	ID            string
	At            int64 // strictly later than the item before
	ContactID     string
	Type          string
	ContentType   string
	Content       string
	ParticipantID string
	Role          string
	DisplayName   string
	Token         []byte          // idempotency token, unique within the chat, best a hash; nil for none
	Extra         json.RawMessage // an ItemExtra; the only part that may change later, by Tx.PutItemExtra
}

// ItemExtra is what an item carries beside its content.
type ItemExtra struct {
	Receipts []Receipt `json:"receipts,omitempty"` // newest first
	To       []string  `json:"to,omitempty"`       // ids of the participants who may see it; empty: all
	Status   string    `json:"status,omitempty"`   // why only its sender sees a message that was processed
	File     *ItemFile `json:"file,omitempty"`     // of an attachment
	Whisper  bool      `json:"whisper,omitempty"`  // it is no part of the transcript
	Chunks   int       `json:"chunks,omitempty"`   // how many parts were told of it, itself among them
}

// Receipt is when one participant got and read a message; 0 is not yet.
type Receipt struct {
	Delivered int64  `json:"d,omitempty"`
	Read      int64  `json:"r,omitempty"`
	Recipient string `json:"p"`
}

// ItemFile is what an item tells of a file.
type ItemFile struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	ContentType string `json:"type"`
	Status      string `json:"status"`
}

// ReadExtra decodes Extra.
func (it *Item) ReadExtra() (e ItemExtra, err error) {
	if len(it.Extra) == 0 {
		return e, nil
	}
	if err := json.Unmarshal(it.Extra, &e); err != nil {
		return e, fmt.Errorf("extra of item %s: %w", it.ID, err)
	}
	return e, nil
}

// Lanes keep jobs apart that must not hold each other up.
const (
	LaneChat = iota // rules and timers of chats, which wait for nobody
	LaneCall        // calls to the outside, which a chat waits for
	LaneTell        // what the outside is told, which nobody waits for
	LaneFile        // what is written to files and deleted there, with the records that wait for it
)

// Job is work that is due at some time.
type Job struct {
	Kind, Key string // together the identity: putting a job replaces an earlier one
	ChatID    string
	Lane      int
	Due       int64
	Attempt   int // how often it was claimed since it was put, or put off
	Payload   []byte
}

// Claimed reports whether a job is still as it was when it was claimed: nobody has claimed it again, put it anew or put it off.
func (j *Job) Claimed(as Job) bool { return j.Attempt == as.Attempt && j.Due == as.Due }

// Out is something to be told to the outside: a contact event, an item, a contact record.
type Out struct {
	ID         int64  // grows within the stream; given by the database
	Stream     string // what is told in order: ChatID, a slash and the target, which begins with no slash; others wait below two slashes
	Target     string // an ARN or address
	ChatID     string
	ContactID  string
	InstanceID string
	Kind       string // "event", "item", "record", "transcript", "process"
	At         int64
	Body       []byte            // as the receiver gets it
	Attributes map[string]string // told beside the body
	DeadAt     int64             // when it was given up; 0: it is still to be told
	Error      string            // why it was given up
}

// Attachment is a file of a chat. Its bytes are elsewhere.
type Attachment struct {
	ID            string `json:"-"`
	ChatID        string `json:"-"`
	ContactID     string `json:"contactId,omitzero"`
	ParticipantID string `json:"participantId,omitzero"`
	InstanceID    string `json:"instanceId,omitzero"`
	Status        string `json:"status,omitzero"` // "UPLOADING", "SCANNING", "APPROVED", "REJECTED"
	Name          string `json:"name,omitzero"`
	ContentType   string `json:"contentType,omitzero"`
	Size          int64  `json:"size,omitzero"` // bytes
	Bucket        string `json:"bucket,omitzero"`
	Key           string `json:"key,omitzero"`
	CreatedAt     int64  `json:"createdAt,omitzero"`
	Completing    string `json:"completing,omitzero"` // token of who completes it, or did; set with CompletingAt
	CompletingAt  int64  `json:"completingAt,omitzero"`
	CompletedAt   int64  `json:"completedAt,omitzero"`
	DeletedAt     int64  `json:"deletedAt,omitzero"` // of its bytes
	ItemID        string `json:"itemId,omitzero"`    // of its item, once it is there
}

// UploadKey is where the bytes are sent to, before they are moved to Key. What is sent later changes nothing.
func (a *Attachment) UploadKey() string { return a.Key + ".upload" }

// Binding says which chat an outside conversation goes on in.
type Binding struct {
	Scope, Key string // together the identity
	ChatID     string
}

// Request remembers the answer to a request, so that its repetition gets the same one.
type Request struct {
	Scope, Token string // together the identity
	Hash         []byte // of the request's content
	Answer       []byte
	ExpiresAt    int64
}

// Instance is one contact centre.
type Instance struct {
	ID               string            `json:"-"`
	Alias            string            `json:"alias,omitzero"`
	CreatedAt        int64             `json:"createdAt,omitzero"`
	Attributes       map[string]string `json:"attributes,omitzero"`
	DefaultFlows     map[string]string `json:"defaultFlows,omitzero"` // flow type → flow id
	Storage          []StorageConfig   `json:"storage,omitzero"`
	Integrations     []Integration     `json:"integrations,omitzero"`
	Functions        []string          `json:"functions,omitzero"`        // ARNs that flows are offered, sorted
	Bots             []Bot             `json:"bots,omitzero"`             // that flows are offered, sorted
	FlowAssociations []FlowAssociation `json:"flowAssociations,omitzero"` // in the order of their resources
}

// Bot is a bot of Amazon Lex: an alias of V2, or the name and Region of a classic one.
type Bot struct {
	AliasARN string `json:"aliasArn,omitzero"`
	Name     string `json:"name,omitzero"`
	Region   string `json:"region,omitzero"`
}

// FlowAssociation links a resource, by which contacts come in, to the flow that runs for it.
type FlowAssociation struct {
	ResourceID   string `json:"resourceId"` // ARN
	ResourceType string `json:"resourceType"`
	FlowID       string `json:"flowId"`
}

// StorageConfig is where an instance keeps things of one kind, or streams them to.
type StorageConfig struct {
	ID             string `json:"id"`
	ResourceType   string `json:"resourceType"`            // of what: "CHAT_TRANSCRIPTS", "ATTACHMENTS", …
	StorageType    string `json:"storageType"`             // "S3", "KINESIS_STREAM", …
	Bucket         string `json:"bucket,omitzero"`         // S3
	Prefix         string `json:"prefix,omitzero"`         // S3: of the keys
	RetentionHours int64  `json:"retentionHours,omitzero"` // video stream
	StreamARN      string `json:"streamArn,omitzero"`      // Kinesis stream, Firehose
	EncryptionKey  string `json:"encryptionKey,omitzero"`  // ARN of a KMS key; kept, not used
}

// Integration is an outside application or function that belongs to an instance.
type Integration struct {
	ID         string            `json:"id"`
	Type       string            `json:"type"`
	ARN        string            `json:"arn,omitzero"`
	Name       string            `json:"name,omitzero"`
	URL        string            `json:"url,omitzero"`
	SourceType string            `json:"sourceType,omitzero"`
	Tags       map[string]string `json:"tags,omitzero"`
	CreatedAt  int64             `json:"createdAt,omitzero"`
}

// Flow is a contact flow; its contents are FlowVersions.
type Flow struct {
	ID          string            `json:"-"`
	InstanceID  string            `json:"-"`
	Name        string            `json:"-"` // unique in the instance
	Type        string            `json:"-"`
	Description string            `json:"description,omitzero"`
	State       string            `json:"state,omitzero"`
	Tags        map[string]string `json:"tags,omitzero"`
	Published   int64             `json:"published,omitzero"`   // content that runs; 0: never published
	Draft       int64             `json:"draft,omitzero"`       // content saved after the published one; 0: none
	Kept        []KeptVersion     `json:"kept,omitzero"`        // the oldest first
	LastVersion int64             `json:"lastVersion,omitzero"` // ever kept
	ModifiedAt  int64             `json:"modifiedAt,omitzero"`
}

// Version returns the FlowVersion that a qualifier names: "" and "$LATEST" the published one, "$SAVED" the draft if there is one and
// else the published one, a number the one that is kept under it. It is 0 when the flow has no such version yet; ok is false when the
// qualifier names none.
func (f *Flow) Version(qualifier string) (version int64, ok bool) {
	switch qualifier {
	case "", "$LATEST":
		return f.Published, true
	case "$SAVED":
		if f.Draft != 0 {
			return f.Draft, true
		}
		return f.Published, true
	}
	if kept := named(f.Kept, qualifier); kept != nil {
		return kept.Content, true
	}
	return 0, false
}

// Running returns the contents that contacts may come to: the published one and those that are kept.
func (f *Flow) Running() []int64 { return running(f.Published, f.Kept) }

func running(published int64, kept []KeptVersion) (all []int64) {
	if published != 0 {
		all = append(all, published)
	}
	for _, v := range kept {
		if v.Content != published {
			all = append(all, v.Content)
		}
	}
	return all
}

// KeptVersion is a content that was kept under a number.
type KeptVersion struct {
	Version     int64  `json:"version"`
	Content     int64  `json:"content"`
	Description string `json:"description,omitzero"`
}

// named returns the version that a qualifier names, nil if it names none.
func named(kept []KeptVersion, qualifier string) *KeptVersion {
	version, err := strconv.ParseInt(qualifier, 10, 64)
	for i := range kept {
		if err == nil && kept[i].Version == version {
			return &kept[i]
		}
	}
	return nil
}

// CutQualifier splits the id of a flow from the version it may carry, as in "id:$SAVED" or "id:3".
func CutQualifier(id string) (bare, qualifier string) {
	bare, qualifier, _ = strings.Cut(id, ":")
	return bare, qualifier
}

// FlowVersion is one content of a flow. It never changes.
type FlowVersion struct {
	FlowID  string
	Version int64
	Content string
	SHA256  string // of the content, lower-case hex
	At      int64
}

// View is what a flow shows to a participant; its contents are ViewContents.
type View struct {
	ID          string            `json:"-"`
	InstanceID  string            `json:"-"`
	Name        string            `json:"-"` // unique in the instance
	Description string            `json:"description,omitzero"`
	Tags        map[string]string `json:"tags,omitzero"`
	Saved       int64             `json:"saved,omitzero"`       // newest content
	Published   int64             `json:"published,omitzero"`   // content that flows show; 0: never published
	Versions    []KeptVersion     `json:"versions,omitzero"`    // the oldest first
	LastVersion int64             `json:"lastVersion,omitzero"` // ever made
	CreatedAt   int64             `json:"createdAt,omitzero"`
	ModifiedAt  int64             `json:"modifiedAt,omitzero"`
}

// Content returns which content a qualifier names, and the version under which that is kept, 0 if it is not: "" and "$LATEST" name the
// published content, "$SAVED" the newest, a number that version. ok is false when there is none.
func (v *View) Content(qualifier string) (number, version int64, ok bool) {
	switch qualifier {
	case "", "$LATEST":
		number = v.Published
	case "$SAVED":
		number = v.Saved
	default:
		if kept := named(v.Versions, qualifier); kept != nil {
			return kept.Content, kept.Version, true
		}
		return 0, 0, false
	}
	for _, kept := range v.Versions {
		if kept.Content == number {
			version = kept.Version
		}
	}
	return number, version, number != 0
}

// ViewContent is one content of a view. It never changes.
type ViewContent struct {
	ViewID   string   `json:"-"`
	Number   int64    `json:"-"`             // 1, 2, 3, … within the view
	Name     string   `json:"name,omitzero"` // of the view, as it was then
	Template string   `json:"template,omitzero"`
	Actions  []string `json:"actions,omitzero"`
	SHA256   string   `json:"sha256,omitzero"` // lower-case hex
}

// FlowLogLine is a line of a contact's flow log.
type FlowLogLine struct {
	ID   int64 // grows from line to line
	At   int64
	Line []byte
}

// Queue is where contacts wait for agents.
type Queue struct {
	ID          string            `json:"-"`
	InstanceID  string            `json:"-"`
	Name        string            `json:"-"` // unique in the instance
	Description string            `json:"description,omitzero"`
	Enabled     bool              `json:"enabled,omitzero"`
	MaxContacts *int64            `json:"maxContacts,omitzero"` // nil: no limit
	HoursID     string            `json:"hoursId,omitzero"`
	Outbound    json.RawMessage   `json:"outbound,omitzero"` // caller and e-mail; kept, not used
	Tags        map[string]string `json:"tags,omitzero"`
	ModifiedAt  int64             `json:"modifiedAt,omitzero"`
}

// Secret is a key the server keeps in its database: the secret of an access key, or a key that tokens are signed with.
type Secret struct {
	Kind, ID  string // together the identity, as "access-key" and the access key's id
	Value     []byte
	CreatedAt int64
}
