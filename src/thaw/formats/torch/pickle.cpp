#include "thaw/formats/torch/pickle.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <unordered_map>

#include "thaw/core/error.h"
#include "thaw/formats/torch/allowed_globals.h"

namespace thaw::torch {
namespace {

using Kind = PickleValue::Kind;

// A network of ten thousand tensors has a quarter of this.
constexpr size_t most_values = size_t{1} << 21;
constexpr size_t largest_pickle = size_t{64} << 20;

/// An operation that its length, of `width` bytes, and a text follow.
struct TextCode {
  unsigned char code;
  Kind kind;
  size_t width;
};
constexpr auto texts = std::to_array<TextCode>({{'X', Kind::text, 4},
                                                {0x8C, Kind::text, 1},
                                                {0x8D, Kind::text, 8},
                                                {'U', Kind::text, 1},  // of Python 2
                                                {'T', Kind::text, 4},
                                                {'C', Kind::bytes, 1},
                                                {'B', Kind::bytes, 4},
                                                {0x8E, Kind::bytes, 8}});

/// An operation that makes a group, of what lies above the last mark unless it is empty.
struct GroupCode {
  unsigned char code;
  Kind kind;
  bool is_empty;
};
constexpr auto groups = std::to_array<GroupCode>({{')', Kind::tuple, true},
                                                  {']', Kind::list, true},
                                                  {'}', Kind::dict, true},
                                                  {'t', Kind::tuple, false},
                                                  {'l', Kind::list, false},
                                                  {'d', Kind::dict, false}});

}  // namespace

/// Pickle's machine: a stack of values, marks on it, and a memo.
class PickleReader {
 public:
  PickleReader(Pickle& pickle, std::string_view bytes)
      : pickle_(pickle), bytes_(bytes.substr(0, largest_pickle)) {}

  void run() {
    while (true) {
      const auto code = static_cast<unsigned char>(take(1)[0]);
      if (code == '.') break;
      const bool is_known = container(code) || memo(code) || atom(code) || object(code);
      if (!is_known) fail(fmt::format("the operation 0x{:02x}", code));
    }
    pickle_.root_ = pop();
    pickle_.size_ = at_;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(fmt::format(
        "expected a pickle as PyTorch writes it (protocol 2 or later), received {} at byte {}",
        what, at_));
  }

  std::string_view take(uint64_t count) {
    if (count > bytes_.size() - at_) fail("one that is cut off, damaged or of more than 64 MiB");
    const std::string_view result = bytes_.substr(at_, count);
    at_ += count;
    return result;
  }

  uint64_t take_unsigned(size_t count) {
    const std::string_view bytes = take(count);
    uint64_t result = 0;
    for (size_t i = 0; i < count; ++i)
      result |= uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    return result;
  }

  std::string_view take_line() {
    const size_t end = bytes_.find('\n', at_);
    if (end == std::string_view::npos) fail("a line without an end");
    const std::string_view line = take(end - at_);
    take(1);
    return line;
  }

  /// Counts values, items of groups and what lies on the stack alike.
  void count(size_t values) {
    count_ += values;
    if (count_ > most_values) fail(fmt::format("more than {} values", most_values));
  }

  ValueId add(PickleValue value) {
    count(1 + value.items.size());
    pickle_.values_.push_back(std::move(value));
    return static_cast<ValueId>(pickle_.values_.size() - 1);
  }
  void push(PickleValue value) { stack_.push_back(add(std::move(value))); }
  void push_integer(int64_t value) { push({.kind = Kind::integer, .integer = value}); }
  void push_text(Kind kind, std::string_view text) {
    push({.kind = kind, .text = std::string(text)});
  }

  PickleValue& value(ValueId id) { return pickle_.values_[id]; }

  /// How much of the stack lies below the last mark.
  size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

  ValueId pop() {
    if (stack_.size() <= floor()) fail("a value taken from an empty stack");
    const ValueId id = stack_.back();
    stack_.pop_back();
    return id;
  }

  ValueId top() {
    const ValueId id = pop();
    stack_.push_back(id);
    return id;
  }

  std::vector<ValueId> pop_to_mark() {
    if (marks_.empty()) fail("a group that was never begun");
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<ValueId> items(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    marks_.pop_back();
    return items;
  }

  std::vector<ValueId> pop_some(size_t count) {
    std::vector<ValueId> items(count);
    for (size_t i = count; i-- > 0;) items[i] = pop();
    return items;
  }

  /// To the list or dict on top.
  void append(const std::vector<ValueId>& items, Kind to) {
    PickleValue& target = value(top());
    if (target.kind != to || (to == Kind::dict && items.size() % 2 != 0))
      fail("items for something that takes none");
    count(items.size());
    target.items.insert(target.items.end(), items.begin(), items.end());
  }

  void push_group(Kind kind, std::vector<ValueId> items) {
    if (kind == Kind::dict && items.size() % 2 != 0) fail("a key without its value");
    push({.kind = kind, .items = std::move(items)});
  }

  bool container(unsigned char code) {
    const auto group = std::ranges::find(groups, code, &GroupCode::code);
    if (group != groups.end()) {
      push_group(group->kind, group->is_empty ? std::vector<ValueId>() : pop_to_mark());
      return true;
    }
    switch (code) {
      case '(':
        count(1);
        marks_.push_back(stack_.size());
        return true;
      case '1':
        pop_to_mark();
        return true;
      case 0x85:
      case 0x86:
      case 0x87:
        push_group(Kind::tuple, pop_some(code - 0x84U));
        return true;
      case 'a':
        append(pop_some(1), Kind::list);
        return true;
      case 'e':
        append(pop_to_mark(), Kind::list);
        return true;
      case 's':
        append(pop_some(2), Kind::dict);
        return true;
      case 'u':
        append(pop_to_mark(), Kind::dict);
        return true;
      default:
        return false;
    }
  }

  void remember(uint64_t key) { memo_[key] = top(); }

  void recall(uint64_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) fail("a reference to a value that is not there");
    count(1);
    stack_.push_back(found->second);
  }

  bool memo(unsigned char code) {
    switch (code) {
      case 'q':
        remember(take_unsigned(1));
        return true;
      case 'r':
        remember(take_unsigned(4));
        return true;
      case 0x94:
        remember(memo_.size());
        return true;
      case 'h':
        recall(take_unsigned(1));
        return true;
      case 'j':
        recall(take_unsigned(4));
        return true;
      case '0':
        pop();
        return true;
      case '2':
        count(1);
        stack_.push_back(top());
        return true;
      default:
        return false;
    }
  }

  void push_long(uint64_t count) {
    const std::string_view bytes = take(count);
    if (count > 8) {
      push_text(Kind::bytes, bytes);
      return;
    }
    uint64_t bits = 0;
    for (size_t i = 0; i < count; ++i)
      bits |= uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    const bool is_negative = count > 0 && (bits >> (8 * count - 1) & 1) != 0;
    if (is_negative && count < 8) bits |= ~uint64_t{0} << (8 * count);
    push_integer(static_cast<int64_t>(bits));
  }

  void push_number() {
    const std::string_view bytes = take(8);
    uint64_t bits = 0;  // most significant byte first, alone among all
    for (const char byte : bytes) bits = bits << 8 | static_cast<unsigned char>(byte);
    push({.kind = Kind::number, .number = std::bit_cast<double>(bits)});
  }

  bool atom(unsigned char code) {
    switch (code) {
      case 0x80:
        if (take_unsigned(1) > 5) fail("a later protocol");
        return true;
      case 0x95:
        take(8);  // the length of a frame, which only a stream needs
        return true;
      case 'N':
        push({});
        return true;
      case 0x88:
      case 0x89:
        push({.kind = Kind::truth, .integer = code == 0x88 ? 1 : 0});
        return true;
      case 'J':
        push_integer(static_cast<int32_t>(take_unsigned(4)));
        return true;
      case 'K':
        push_integer(static_cast<int64_t>(take_unsigned(1)));
        return true;
      case 'M':
        push_integer(static_cast<int64_t>(take_unsigned(2)));
        return true;
      case 0x8A:
        push_long(take_unsigned(1));
        return true;
      case 0x8B:
        push_long(take_unsigned(4));
        return true;
      case 'G':
        push_number();
        return true;
      default:
        return text(code);
    }
  }

  bool text(unsigned char code) {
    const auto found = std::ranges::find(texts, code, &TextCode::code);
    if (found == texts.end()) return false;
    push_text(found->kind, take(take_unsigned(found->width)));
    return true;
  }

  void push_global(std::string_view module, std::string_view name) {
    push_text(Kind::global, allowed_global(module, name));
  }

  /// What calling the global gives, where that is no call that must wait for its meaning.
  void reduce() {
    const ValueId arguments = pop();
    const ValueId function = pop();
    if (value(function).kind != Kind::global || value(arguments).kind != Kind::tuple)
      fail("a call of something that is no global");
    const std::string& name = value(function).text;
    const std::vector<ValueId> given = value(arguments).items;
    count(given.size());
    if (name == "collections.OrderedDict") {
      push_group(Kind::dict, given.empty() ? given : pairs(given));
    } else if (name == "torch.Size") {
      if (given.size() != 1 || value(given[0]).kind != Kind::tuple) fail("a Size of no tuple");
      stack_.push_back(given[0]);
    } else if (name == "torch._utils._rebuild_parameter") {
      if (given.empty()) fail("a parameter of no tensor");
      stack_.push_back(given[0]);
    } else {
      push({.kind = Kind::call, .items = {function, arguments}});
    }
  }

  /// OrderedDict([[key, value], …]), as Python 2 writes it.
  std::vector<ValueId> pairs(const std::vector<ValueId>& given) {
    std::vector<ValueId> result;
    if (given.size() != 1 || value(given[0]).kind != Kind::list) fail("a dict of no list");
    count(value(given[0]).items.size());
    for (const ValueId item : value(given[0]).items) {
      const PickleValue& pair = value(item);
      const bool is_pair =
          (pair.kind == Kind::list || pair.kind == Kind::tuple) && pair.items.size() == 2;
      if (!is_pair) fail("a dict of something other than pairs");
      result.insert(result.end(), pair.items.begin(), pair.items.end());
    }
    return result;
  }

  bool object(unsigned char code) {
    switch (code) {
      case 'c':
      case 'i': {
        const std::string_view module = take_line();
        const std::string_view name = take_line();
        push_global(module, name);
        if (code == 'i') fail("an object of an old class");
        return true;
      }
      case 0x93: {
        const ValueId name = pop();
        const ValueId module = pop();
        push_global(value(module).text, value(name).text);
        return true;
      }
      case 'R':
        reduce();
        return true;
      case 'b':
        // Attributes of the dict: the versions of modules, of no use here.
        pop();
        if (value(top()).kind != Kind::dict) fail("attributes of something that is no dict");
        return true;
      case 'Q':
        push({.kind = Kind::persistent, .items = {pop()}});
        return true;
      default:
        return false;
    }
  }

  Pickle& pickle_;
  std::string_view bytes_;
  size_t at_ = 0;
  size_t count_ = 0;
  std::vector<ValueId> stack_;
  std::vector<size_t> marks_;
  std::unordered_map<uint64_t, ValueId> memo_;
};

Pickle::Pickle(std::string_view bytes) { PickleReader(*this, bytes).run(); }

}  // namespace thaw::torch
