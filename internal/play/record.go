package play

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/txtar"

	ptypes "github.com/openparley/parley/api/participant/types"
)

// recordedWithin is how far from its time something may be seen when a recording is repeated: functions, bots and networks take their time
// in a chat that is real, and none on a stage.
const recordedWithin = 10 * time.Second

// Recording is a chat as its customer saw it, wherever it was.
type Recording struct {
	Flow       string // that it started in, by name
	Attributes map[string]string
	Items      []ptypes.Item     // what the customer was shown, in order
	Views      map[string]string // names of views by id
	Flows      []Flow            // contents that are to be in the file
}

// Play writes the recording as a play that has the customer, and whoever else spoke, do again what they did. Of others it is not known what
// they saw, and of flows not what they asked outside.
func (r *Recording) Play() []byte {
	s := script{Recording: r, names: map[string]string{}, present: map[string]bool{"customer": true}, types: map[string]bool{}}
	head := "# seen by customer\n# times within " + shortDuration(recordedWithin) + "\n"
	if items := r.Items; len(items) > 0 {
		s.start = written(&items[0])
		s.newest = s.start
		head = "# at " + s.start.UTC().Format(time.RFC3339) + "\n" + head
	}
	begin := "starts " + Word(r.Flow)
	for _, k := range slices.Sorted(maps.Keys(r.Attributes)) {
		begin += " " + k + "=" + Word(r.Attributes[k])
	}
	s.did(0, "customer", begin)
	for i := range r.Items {
		s.item(&r.Items[i])
	}
	s.did(s.end, "-", "end")
	a := txtar.Archive{Comment: []byte(head)}
	for _, f := range r.Flows {
		a.Files = append(a.Files, txtar.File{Name: f.file(), Data: []byte(f.Content)})
	}
	return Format(txtar.Format(&a), s.lines)
}

// file is the name of the file that the flow is in.
func (f *Flow) file() string {
	if f.Type == "" || f.Type == "CONTACT_FLOW" {
		return f.Name + ".json"
	}
	return f.Name + "." + f.Type + ".json"
}

// script is a recording on its way to a play.
type script struct {
	*Recording

	start, newest time.Time
	event         string // that the item before is, if it is one
	silent        string // that a supervisor has come, whom nobody has heard yet
	end           time.Duration
	lines         []Line
	names         map[string]string // of actors, by participant
	present       map[string]bool   // who has come, by name
	types         map[string]bool   // who has said nothing since
}

func (s *script) did(at time.Duration, actor, what string) {
	s.lines = append(s.lines, Line{At: at, Actor: actor, Text: what})
}

func (s *script) saw(at time.Duration, what string) {
	s.lines = append(s.lines, Line{At: at, Actor: "customer", Seen: true, Text: what})
}

// item writes what somebody did to have the customer see an item, and that it was seen.
func (s *script) item(it *ptypes.Item) {
	role := string(it.ParticipantRole)
	event := ""
	if it.Type == ptypes.ChatItemTypeEvent {
		event = strings.TrimPrefix(value(it.ContentType), eventPrefix)
	}
	switch {
	case it.RelatedContactId != nil, it.Type == "MESSAGEMETADATA",
		it.Type == ptypes.ChatItemTypeAttachment && it.Attachments[0].Status != ptypes.ArtifactStatusApproved: // there is no scanner on a stage
		return
	}
	passed := max(0, written(it).Sub(s.newest))
	s.newest = s.newest.Add(passed)
	at := max(0, s.newest.Sub(s.start).Truncate(100*time.Millisecond))
	who := s.actor(it)
	if who != "" {
		if !s.present[who] && event != "participant.invited" && event != "participant.joined" {
			s.enter(at, who)
		}
		s.acted(at, who, event, passed < time.Second, it)
	}
	switch words := Words(it, s.Views); {
	case fleeting(it):
	case event == "participant.joined" && role == "SUPERVISOR":
		s.silent = words // until he says something
	default:
		if who != "" && s.silent != "" && role == "SUPERVISOR" {
			s.saw(at, s.silent)
			s.silent = ""
		}
		s.saw(at, words)
	}
	s.event = event
	if s.end = at; event == "chat.ended" { // by a timer perhaps, which takes its whole time on a stage
		s.end += recordedWithin
	}
}

// actor is who has done what the item tells, by the name that a play has for him; "" for flows and their bots.
func (s *script) actor(it *ptypes.Item) string {
	role := string(it.ParticipantRole)
	kind := map[string]string{"CUSTOMER": "customer", "AGENT": "agent", "CUSTOM_BOT": "bot", "SUPERVISOR": "supervisor"}[role]
	id := role + value(it.ParticipantId)
	if kind == "" || kind == "customer" {
		return kind
	}
	if s.names[id] == "" {
		n := 1
		for known := range s.names {
			if strings.HasPrefix(known, role) {
				n++
			}
		}
		s.names[id] = kind
		if n > 1 {
			s.names[id] = fmt.Sprint(kind, n)
		}
	}
	return s.names[id]
}

// enter has somebody come of whom it was not told.
func (s *script) enter(at time.Duration, who string) {
	s.present[who] = true
	s.did(at, who, "joins")
}

func (s *script) acted(at time.Duration, who, event string, atOnce bool, it *ptypes.Item) {
	if s.types[who] && it.Type != ptypes.ChatItemTypeEvent { // earlier, perhaps before an answer that takes no time on a stage
		delete(s.types, who)
		s.did(at, who, "types")
	}
	switch it.Type {
	case ptypes.ChatItemTypeMessage:
		s.did(at, who, said(it))
	case ptypes.ChatItemTypeAttachment:
		s.did(at, who, "attaches "+Word(value(it.Attachments[0].AttachmentName)))
	case ptypes.ChatItemTypeEvent:
		switch {
		case event == "typing":
			s.types[who] = true
		case event == "participant.left" && atOnce && (s.event == "participant.left" || s.event == "participant.joined"): // with or for another
		case event == "participant.left":
			s.did(at, who, "leaves")
		case event == "participant.invited":
			s.present[who] = true
			s.did(at, who, "is-asked")
		case event == "participant.joined" && who == "customer":
		case event == "participant.joined" && s.present[who]:
			s.did(at, who, "connects")
		case event == "participant.joined":
			s.enter(at, who)
			if it.ParticipantRole == ptypes.ParticipantRoleAgent { // Amazon's own agents are not asked; those of a stage are
				s.saw(at, "EVENT participant.invited AGENT")
			}
		}
	}
}

// said is the line that says a message.
func said(it *ptypes.Item) string {
	content, contentType := value(it.Content), value(it.ContentType)
	if contentType == interactiveResponse {
		var answer struct {
			Action string          `json:"action"`
			Data   json.RawMessage `json:"data"`
		}
		if json.Unmarshal([]byte(content), &answer) == nil && answer.Action != "" && !strings.Contains(answer.Action, " ") {
			if again, err := viewAnswer(answer.Action, string(answer.Data)); err == nil && again == content {
				return strings.TrimSpace("answers " + answer.Action + " " + string(answer.Data))
			}
		}
	}
	line := fmt.Sprintf("says %q", content)
	if contentType != "text/plain" {
		line += " " + contentType
	}
	return line
}
