package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/openparley/parley/internal/store"
)

// Run checks everything a store must do.
func Run(t *testing.T, e Engine) {
	for _, test := range []struct {
		name string
		run  func(*world)
	}{
		{"ItemSeqHasNoGapsUnderConcurrentAppends", itemSeqHasNoGaps},
		{"ItemTimesGrowWhenTheClockStands", itemTimesGrow},
		{"FailedUpdateLeavesNothing", failedUpdateLeavesNothing},
		{"RowsOfAnUpdateAreItsOwn", rowsAreItsOwn},
		{"PanicInUpdateHurtsNobodyElse", panicHurtsNobodyElse},
		{"GroupWithOneBadUpdateCommitsTheRest", groupWithOneBadUpdate},
		{"UpdateSeesThoseBeforeItInItsGroup", updateSeesThoseBefore},
		{"RowIsWrittenAsItIsAtTheEnd", rowIsWrittenAsItIsAtTheEnd},
		{"AppendNeedsTheChatOfTheKey", appendNeedsTheChat},
		{"AfterCommitRunsInOrder", afterCommitRunsInOrder},
		{"EndedContextEndsOnlyWhatWaits", endedContext},
		{"CancelledContextsLeaveNoLock", cancelledContexts},
		{"ClosedStoreRefuses", closedStoreRefuses},
		{"ReplayFindsToken", replayFindsToken},
		{"RequestIsAnsweredOnce", requestIsAnsweredOnce},
		{"RequestExpires", requestExpires},
		{"AnswersAreNotKeptForEver", answersAreNotKeptForEver},
		{"ExpiredRequestsAreDeletedInPortions", expiredRequestsAreDeletedInPortions},
		{"CountsUnderLockStayTrue", countsUnderLock},
		{"SecretsAreMadeOnce", secretsAreMadeOnce},
		{"JobIsClaimedByOneRunner", jobIsClaimedByOne},
		{"JobsComeByDueTime", jobsComeByDueTime},
		{"LeaseThatRunsOutFreesTheJob", leaseRunsOut},
		{"RetryMovesOnlyTheJobItClaimed", retryMovesOnlyItsJob},
		{"PuttingOffIsNoAttempt", puttingOffIsNoAttempt},
		{"LanesAreClaimedApart", lanesAreClaimedApart},
		{"JobIsPutOnce", jobIsPutOnce},
		{"ReopenKeepsEverything", reopenKeepsEverything},
		{"ConfigurationChangesAreSeen", configurationChangesAreSeen},
		{"NamesAreUnique", namesAreUnique},
		{"DeletedFlowLeavesItsVersions", deletedFlowLeavesVersions},
		{"ViewsOfAnInstance", viewsOfAnInstance},
		{"ModulesOfAnInstance", modulesOfAnInstance},
		{"HoursPromptsAndQueuesOfAnInstance", hoursOfAnInstance},
		{"ListsAreInByteOrder", listsAreInByteOrder},
		{"ItemsPageBothWays", itemsPage},
		{"ItemNearFindsByTime", itemNear},
		{"ContactsOfATreeAndOfAQueue", contactsOfTreeAndQueue},
		{"FlowLogPages", flowLogPages},
		{"UnknownRowsAreNotFound", unknownRows},
		{"OutsAreToldInOrder", outsAreToldInOrder},
		{"OutsGrowInTheOrderOfCommits", outsGrowInCommitOrder},
		{"TellingSurvivesCrashes", tellingSurvives},
		{"AttachmentsBelongToChats", attachmentsBelongToChats},
		{"BindingsAreReplaced", bindingsAreReplaced},
		{"ContactsOfAChatAreListed", contactsOfAChatAreListed},
		{"EndedChatsPage", endedChatsPage},
		{"ErasedChatLeavesNothing", erasedChatLeavesNothing},
		{"SearchFindsWhatIsThere", searchFinds},
		{"ErasedContactsAreNotFound", erasedContactsAreNotFound},
		{"NewerSchemaIsRefused", newerSchemaIsRefused},
		{"LockedRowsAreNewest", lockedRowsAreNewest},
		{"ReadsHoldUpNoUpdate", readsHoldUpNoUpdate},
		{"LongLockHarmsNoOther", longLockHarmsNoOther},
		{"UnknownOutcomeIsReported", unknownOutcomeIsReported},
		{"BooksBalanceAfterChaos", booksBalance},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(newWorld(t, e, store.Options{}))
		})
	}
}

// world is a fresh database with the stores that share it: two on PostgreSQL, as two nodes do, one on SQLite.
type world struct {
	*testing.T
	engine Engine
	dsn    string
	now    atomic.Int64
	nodes  []*store.Store
}

const (
	startOfTime = 1_767_225_600_000 // 2026-01-01
	instanceID  = "00000000-0000-4000-8000-000000000001"
)

func newWorld(t *testing.T, e Engine, o store.Options) *world {
	w := &world{T: t, engine: e, dsn: DSN(t, e)}
	w.now.Store(startOfTime)
	o.Now = w.clock
	w.nodes = []*store.Store{OpenDSN(t, w.dsn, o)}
	if e == Postgres {
		w.nodes = append(w.nodes, OpenDSN(t, w.dsn, o))
	}
	w.update(store.Key{}, func(tx *store.Tx) error {
		tx.PutInstance(&store.Instance{ID: instanceID, Alias: "test"})
		return nil
	})
	return w
}

// node returns the stores in turn.
func (w *world) node(i int) *store.Store { return w.nodes[i%len(w.nodes)] }

func (w *world) update(k store.Key, fn func(*store.Tx) error) {
	w.Helper()
	if err := w.nodes[0].Update(w.Context(), k, fn); err != nil {
		w.Fatalf("update: %v", err)
	}
}

func (w *world) is(what string, got, want any) {
	w.Helper()
	if !reflect.DeepEqual(got, want) {
		w.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func (w *world) fails(what string, err, want error) {
	w.Helper()
	if !errors.Is(err, want) {
		w.Errorf("%s: got error %v, want %v", what, err, want)
	}
}

// newChat returns the rows of a chat that does not exist yet.
func newChat() (*store.Chat, *store.Contact) {
	id := uuid.NewString()
	return &store.Chat{ID: id, InstanceID: instanceID, ContactID: id, StartedAt: startOfTime},
		&store.Contact{ID: id, ChatID: id, InstanceID: instanceID}
}

// chat makes a chat and returns its id and number.
func (w *world) chat() (id string, num int64) {
	w.Helper()
	c, ct := newChat()
	w.update(store.Key{}, func(tx *store.Tx) error {
		tx.CreateChat(c, ct)
		return nil
	})
	return c.ID, c.Num
}

// say appends an item with this content and token to the chat of the key.
func say(tx *store.Tx, content string, token []byte) *store.Item {
	it := &store.Item{
		ID: uuid.NewString(), ContactID: tx.Contact().ID, Type: "MESSAGE", ContentType: "text/plain", Content: content,
		ParticipantID: "p", Role: "CUSTOMER", DisplayName: "Ada", Token: token,
	}
	tx.Append(tx.Chat(), it)
	return it
}

func saying(content string) func(*store.Tx) error {
	return func(tx *store.Tx) error {
		say(tx, content, nil)
		return nil
	}
}

// transcript returns the contents of a chat's items in order.
func (w *world) transcript(num int64) string {
	w.Helper()
	items, err := w.nodes[0].Items(w.Context(), num, store.ItemQuery{})
	if err != nil {
		w.Fatal(err)
	}
	var contents []string
	for i, it := range items {
		if it.Seq != int64(i+1) {
			w.Errorf("item %d of chat %d has Seq %d", i+1, num, it.Seq)
		}
		contents = append(contents, it.Content)
	}
	return strings.Join(contents, " ")
}

type keyed struct {
	key store.Key
	fn  func(*store.Tx) error
}

// group has the updates run in one transaction and returns their errors. The store must have one worker.
func (w *world) group(s *store.Store, updates ...keyed) []error {
	w.Helper()
	errs := make([]error, len(updates))
	var running sync.WaitGroup
	busy, release := make(chan struct{}), make(chan struct{})
	running.Go(func() {
		var once sync.Once
		err := s.Update(context.Background(), store.Key{}, func(*store.Tx) error {
			once.Do(func() { close(busy) })
			<-release
			return nil
		})
		if err != nil {
			w.Errorf("hold the worker: %v", err)
		}
	})
	<-busy
	for i, u := range updates {
		running.Go(func() { errs[i] = s.Update(context.Background(), u.key, u.fn) })
		for s.Stats().Waiting <= i {
			time.Sleep(100 * time.Microsecond)
		}
	}
	close(release)
	running.Wait()
	return errs
}

// overlap runs an update on two nodes at once, as far as the store lets it: the first goes on when the second has come to its end, or
// obviously waits for the first.
func (w *world) overlap(fn func(tx *store.Tx) error) {
	w.Helper()
	const obvious = 100 * time.Millisecond
	begun, ended := make(chan struct{}), make(chan struct{})
	var beginOnce, endOnce sync.Once
	var running sync.WaitGroup
	for i, side := range []func(*store.Tx) error{
		func(tx *store.Tx) error {
			err := fn(tx)
			beginOnce.Do(func() { close(begun) })
			select {
			case <-ended:
			case <-time.After(obvious):
			}
			return err
		},
		func(tx *store.Tx) error {
			defer endOnce.Do(func() { close(ended) })
			return fn(tx)
		},
	} {
		if i == 1 {
			<-begun
		}
		running.Go(func() {
			if err := w.node(i).Update(w.Context(), store.Key{}, side); err != nil && !errors.Is(err, errOwn) {
				w.Error(err)
			}
		})
	}
	running.Wait()
}

// reopen closes the stores and opens them again.
func (w *world) reopen() {
	w.Helper()
	for i, s := range w.nodes {
		if err := s.Close(); err != nil {
			w.Fatal(err)
		}
		w.nodes[i] = OpenDSN(w, w.dsn, store.Options{Now: w.clock})
	}
}

func (w *world) clock() time.Time { return time.UnixMilli(w.now.Load()) }

// oneWorker opens another store on the database; SQLite's own has one worker already.
func (w *world) oneWorker() *store.Store {
	w.Helper()
	if w.engine == SQLite {
		return w.nodes[0]
	}
	return OpenDSN(w, w.dsn, store.Options{Workers: 1, Now: w.clock})
}

// fill sets every exported field of a row to something of its own, so that a row which comes back equal was stored whole.
func fill[T any](skip ...string) *T {
	row := new(T)
	var n int64
	fillValue(reflect.ValueOf(row).Elem(), &n, skip)
	return row
}

func fillValue(v reflect.Value, n *int64, skip []string) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("ä%d", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(*n)
	case reflect.Map:
		member := reflect.New(v.Type().Elem()).Elem()
		fillValue(member, n, nil)
		if member.Kind() == reflect.String {
			member.SetString("<&\"\n")
		}
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf(fmt.Sprintf("key %d", *n)), member)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillValue(v.Elem(), n, nil)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes(fmt.Appendf(nil, `{"n":%d}`, *n))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fillValue(v.Index(i), n, nil)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; !strings.Contains(" "+strings.Join(skip, " ")+" ", " "+name+" ") {
				fillValue(v.Field(i), n, nil)
			}
		}
	default:
		panic("fill can not set " + v.Type().String())
	}
}
