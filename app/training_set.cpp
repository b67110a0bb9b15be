#include "app/training_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <optional>

#include "app/training_set_meta.hpp"
#include "qdose/base/files.hpp"
#include "qdose/base/interrupt.hpp"
#include "qdose/base/part_file.hpp"
#include "qdose/base/text.hpp"
#include "qdose/base/threads.hpp"
#include "qdose/simulate/duplicates.hpp"
#include "qdose/simulate/npy.hpp"

namespace qdose {
namespace {

/// Trajectories at a time: the same cut whatever the threads and ranks.
constexpr std::uint64_t chunk = 4096;

/// A file of equal rows behind a header.
struct RowFile {
  PartFile file;
  std::uint64_t start, row;  ///< bytes
  Result<Done> write(std::uint64_t first, std::string_view bytes) const {
    return file.write_at(start + first * row, bytes);
  }
};

/// Description of one array: name, number type, what a row holds.
struct Array {
  std::string name, descr;
  std::vector<std::uint64_t> row_shape;
  std::uint64_t number_size;

  std::string header(std::uint64_t count) const {
    if (descr.empty()) return {};
    std::vector<std::uint64_t> shape{count};
    shape.insert(shape.end(), row_shape.begin(), row_shape.end());
    return npy_header(descr, shape);
  }
  std::uint64_t row() const {
    std::uint64_t size = number_size;
    for (const std::uint64_t n : row_shape) size *= n;
    return size;
  }
};

enum ArrayIndex : std::size_t { values, labels, parameters, masks, hashes, arrays };

std::vector<Array> arrays_of(const TrajectorySource& source) {
  const auto names = training_set_files(source.role());
  const std::uint64_t columns = ParameterColumns::of(source.role()).symbols.size();
  return {{names[0], "<f4", {2, source.times().size()}, 4},
          {names[1], "<i2", {}, 2},
          {names[2], "<f4", {columns}, 4},
          {names[3], "<f4", {columns}, 4},
          {".hashes", "", {}, 8}};  // of the rows, for the duplicate check: goes with the job
}

void append(Errors& to, const Errors& from) { to.insert(to.end(), from.begin(), from.end()); }

/// One rank's part of a set.
class Writer {
 public:
  Writer(const TrajectorySource& source, const TrainingSetJob& job, Ranks& ranks, Progress& progress)
      : source_(source), job_(job), ranks_(ranks), progress_(progress) {}

  Result<std::string> run() {
    if (ranks_.is_first()) open_files(true);
    if (ranks_.any(!errors_.empty())) return failure();
    if (!ranks_.is_first()) open_files(false);
    if (ranks_.any(!errors_.empty())) return failure();
    make_chunks();
    if (ranks_.any(!errors_.empty() || interrupted())) return failure();
    failed_ = ranks_.sum(failed_);
    std::string meta;
    if (ranks_.is_first()) meta = finish();
    if (ranks_.any(!errors_.empty())) return failure();
    return meta;
  }

 private:
  /// All ranks come here together. Those without a fault of their own end with the others' status: which exit
  /// status mpirun passes on is a matter of timing.
  Result<std::string> failure() {
    const double mine = errors_.empty() ? 0 : static_cast<double>(errors_.front().fault);
    double worst = 0;
    for (const auto& faults : ranks_.gather({mine})) worst = std::max(worst, faults.front());
    if (!errors_.empty()) return errors_;
    const Fault fault = worst > 0 ? static_cast<Fault>(static_cast<int>(worst)) : Fault::numerical;
    return Error{fault, "another process failed or was interrupted", job_.folder.string(), ""};
  }

  void open_files(bool create) {
    for (const Array& array : arrays_of(source_)) {
      const std::string header = array.header(job_.count);
      const auto path = job_.folder / array.name;
      auto file =
          create ? PartFile::create(path, header.size() + job_.count * array.row()) : PartFile::open(path);
      if (!file) return append(errors_, file.errors());
      if (auto written = create ? file->write_at(0, header) : Done{}; !written)
        return append(errors_, written.errors());
      files_.push_back({std::move(*file), header.size(), array.row()});
    }
  }

  void make_chunks() {
    const std::uint64_t all = (job_.count + chunk - 1) / chunk;
    const auto ranks = static_cast<std::uint64_t>(ranks_.size()),
               mine = static_cast<std::uint64_t>(ranks_.rank());
    const std::uint64_t own = all > mine ? (all - mine + ranks - 1) / ranks : 0;
    std::atomic<bool> stop = false;
    std::uint64_t done = 0;
    if (ranks_.is_first()) progress_.begin("trajectories", job_.count);
    parallel_for(own, job_.threads, [&](std::size_t k) {
      if (stop || interrupted()) return;
      const std::uint64_t first = (mine + k * ranks) * chunk, size = std::min(chunk, job_.count - first);
      std::uint64_t failed = 0;
      const auto made = make_chunk(first, size, failed);
      const std::lock_guard lock(guard_);
      if (!made) {
        append(errors_, made.errors());
        stop = true;
      }
      failed_ += failed;
      done += size;
      if (ranks_.is_first()) progress_.update(std::min(done * ranks, job_.count));
    });
    if (ranks_.is_first()) progress_.end();
  }

  Result<Done> make_chunk(std::uint64_t first, std::uint64_t size, std::uint64_t& failed) const {
    thread_local TrajectoryBlock block;
    source_.make(first, size, block);
    const std::size_t row = 2 * block.times;
    std::vector<std::uint64_t> hash(size);
    for (std::size_t i = 0; i < size; ++i) {
      const auto own = std::span<const float>(block.values).subspan(i * row, row);
      hash[i] = row_hash(own);
      failed += !std::all_of(own.begin(), own.end(), [](float x) { return std::isfinite(x); });
    }
    const std::string_view bytes[arrays] = {
        bytes_of<float>(block.values), bytes_of<std::int16_t>(block.label), bytes_of<float>(block.parameters),
        bytes_of<float>(block.mask), bytes_of<std::uint64_t>(hash)};
    for (std::size_t a = 0; a < arrays; ++a)
      if (auto written = files_[a].write(first, bytes[a]); !written) return written;
    return Done{};
  }

  Result<DuplicateCount> check_duplicates() {
    HashedRows rows;
    rows.count = job_.count;
    rows.row_size = 2 * source_.times().size();
    rows.read_hashes = [&](std::uint64_t first, std::span<std::uint64_t> out) {
      return files_[hashes].file.read_at(8 * first, {reinterpret_cast<char*>(out.data()), out.size_bytes()});
    };
    rows.read_row = [&](std::uint64_t index, std::span<float> out) {
      const RowFile& from = files_[values];
      return from.file.read_at(from.start + index * from.row,
                               {reinterpret_cast<char*>(out.data()), out.size_bytes()});
    };
    return find_duplicates(rows, job_.threads);
  }

  /// Checks, gives the files their names, meta.json last.
  std::string finish() {
    const auto duplicates = check_duplicates();
    if (!duplicates) return append(errors_, duplicates.errors()), "";
    const std::string meta = training_set_meta(source_, job_, {failed_, *duplicates});
    for (std::size_t a = 0; a < hashes && errors_.empty(); ++a)
      if (auto kept = files_[a].file.keep(); !kept) append(errors_, kept.errors());
    const std::uint64_t shape[] = {source_.times().size()};
    const std::string times = npy_header("<f8", shape) + std::string(bytes_of(source_.times()));
    for (const auto& [name, content] : {std::pair("times.npy", &times), {"meta.json", &meta}})
      if (errors_.empty())
        if (auto saved = write_file(job_.folder / name, *content); !saved) append(errors_, saved.errors());
    return meta;
  }

  const TrajectorySource& source_;
  const TrainingSetJob& job_;
  Ranks& ranks_;
  Progress& progress_;
  std::vector<RowFile> files_;
  std::mutex guard_;
  Errors errors_;
  std::uint64_t failed_ = 0;
};

}  // namespace

std::vector<std::string> training_set_files(Role role) {
  const std::string r = role == Role::pk ? "pk" : "pd";
  return {"X_" + r + ".npy",      "y_" + r + "_cls.npy", "y_" + r + "_reg.npy",
          "y_" + r + "_mask.npy", "times.npy",           "meta.json"};
}

Result<std::string> write_training_set(const TrajectorySource& source, const TrainingSetJob& job,
                                       Ranks& ranks, Progress& progress) {
  return Writer(source, job, ranks, progress).run();
}

}  // namespace qdose
