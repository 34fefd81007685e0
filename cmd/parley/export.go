package main

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path"
	"regexp"
	"strings"
	"syscall"
	"time"

	ctypes "github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/parley"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/api/wire"
)

// exportCommand writes what is kept of a customer.
type exportCommand struct {
	keptFlags

	To string `help:"Folder to write to, or - for a tar archive on standard output." placeholder:"FOLDER"`
}

// Validate wants a place for what is written; a dry run writes nothing.
func (c *exportCommand) Validate() error {
	if c.To == "" && !c.DryRun {
		return errors.New("missing flags: --to=FOLDER")
	}
	return nil
}

func (c *exportCommand) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k, err := c.open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(c.export(ctx, k), k.Close())
}

func (c *exportCommand) export(ctx context.Context, k keeper) error {
	chats, err := c.find(ctx, k)
	if err != nil {
		return err
	}
	report(os.Stderr, chats)
	if c.DryRun {
		return nil
	}
	to, err := newFiles(c.To, os.Stdout)
	if err != nil {
		return err
	}
	p := newProgress("exported", "chats")
	for i := range chats {
		if err := exportChat(ctx, k, &chats[i], to); err != nil {
			return errors.Join(fmt.Errorf("export chat %s: %w", *chats[i].ContactId, err), to.Close())
		}
		p.tell(i+1, len(chats))
	}
	return to.Close()
}

// exported is a chat as it is written. What is the same is written the same each time.
type exported struct {
	InstanceId  *string
	ContactId   *string
	Contacts    []ctypes.Contact
	Attachments []parley.Attachment
	Transcript  []ptypes.Item
	FlowLog     []parley.FlowLogLine // of all contacts, one after the other
}

// withRecords writes the text of a chat with its contact records, which are JSON already.
func (e *exported) withRecords(records []string) ([]byte, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(wire.Append(nil, e), &all); err != nil {
		return nil, err
	}
	all["Records"] = json.RawMessage("[" + strings.Join(records, ",") + "]")
	text, err := json.MarshalIndent(all, "", "  ")
	return append(text, '\n'), err
}

// exportChat writes a chat and its attachments: chats/ID/chat.json, chats/ID/attachments/ID.ENDING.
func exportChat(ctx context.Context, k keeper, chat *parley.Chat, to files) error {
	var records []string
	doc := exported{InstanceId: chat.InstanceId, ContactId: chat.ContactId}
	in := &parley.ExportChatInput{ContactId: chat.ContactId}
	for {
		out, err := k.ExportChat(ctx, in)
		if err != nil {
			return err
		}
		if in.NextToken == nil {
			doc.Contacts, doc.Attachments, records = out.Contacts, out.Attachments, out.Records
		}
		doc.Transcript = append(doc.Transcript, out.Transcript...)
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
	}
	for i := range doc.Contacts {
		lines, err := flowLog(ctx, k, doc.Contacts[i].Id)
		if err != nil {
			return err
		}
		doc.FlowLog = append(doc.FlowLog, lines...)
	}
	text, err := doc.withRecords(records)
	if err != nil {
		return err
	}
	folder := "chats/" + *chat.ContactId
	if err := to.Write(folder+"/chat.json", text); err != nil {
		return err
	}
	for i := range doc.Attachments {
		a := &doc.Attachments[i]
		if !a.Stored {
			continue
		}
		content, err := readAttachment(ctx, k, *a.AttachmentId)
		if err != nil {
			return err
		}
		if err := to.Write(folder+"/attachments/"+*a.AttachmentId+ending(a.AttachmentName), content); err != nil {
			return err
		}
	}
	return nil
}

// flowLog reads the whole flow log of a contact.
func flowLog(ctx context.Context, k keeper, contact *string) (all []parley.FlowLogLine, err error) {
	in := &parley.TraceContactInput{ContactId: contact}
	for {
		out, err := k.TraceContact(ctx, in)
		if err != nil {
			return nil, err
		}
		all = append(all, out.Lines...)
		if in.NextToken = out.NextToken; in.NextToken == nil || len(out.Lines) == 0 {
			return all, nil
		}
	}
}

func readAttachment(ctx context.Context, k keeper, id string) ([]byte, error) {
	body, err := k.OpenAttachment(ctx, id)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return io.ReadAll(body)
}

var harmless = regexp.MustCompile(`^\.[a-zA-Z0-9]{1,10}$`)

// ending is that of a file's name, if it is nothing but that: the name is a stranger's.
func ending(name *string) string {
	if name == nil || !harmless.MatchString(path.Ext(*name)) {
		return ""
	}
	return path.Ext(*name)
}

// files is where an export is written to. Names have slashes.
type files interface {
	Write(name string, content []byte) error
	Close() error
}

func newFiles(to string, stdout io.Writer) (files, error) {
	if to == "-" {
		return archive{tar.NewWriter(stdout)}, nil
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(to)
	return folder{root}, err
}

type folder struct{ *os.Root }

func (f folder) Write(name string, content []byte) error {
	if err := f.MkdirAll(path.Dir(name), 0o700); err != nil {
		return err
	}
	return f.WriteFile(name, content, 0o600)
}

type archive struct{ *tar.Writer }

func (a archive) Write(name string, content []byte) error {
	err := a.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(content)), ModTime: time.Unix(0, 0)})
	if err == nil {
		_, err = a.Writer.Write(content)
	}
	return err
}
