// Every kind of wrong input: what is said, where, and that all of it is said at once.
#include <gmock/gmock.h>

#include "example_trial.hpp"
#include "qdose/base/random.hpp"

namespace qdose {
namespace {

using testing::HasSubstr;

/// A file with one fault and how it must be reported.
struct WrongInput {
  const char* name;
  std::string text, place, message, hint;
};

std::ostream& operator<<(std::ostream& out, const WrongInput& w) { return out << w.name; }

const std::string columns = "ID,TIME,DV,AMT,EVID,MDV,DVID,CMT,RATE,DUR,ADDL,II,SS\n";
const std::string sound_rows =
    "1,0,.,5,1,1,0,1,0,0,0,0,0\n"
    "1,4,0.5,0,0,0,1,2,0,0,0,0,0\n"
    "1,4,9,0,0,0,2,3,0,0,0,0,0\n";

/// Line 5 of an otherwise sound file.
std::string with_row(const std::string& row) { return columns + sound_rows + row + "\n"; }

class WrongInputTest : public testing::TestWithParam<WrongInput> {};

TEST_P(WrongInputTest, IsReportedWithPlaceAndHint) {
  const WrongInput& wrong = GetParam();
  const Error fault = only_fault(wrong.text);
  EXPECT_EQ(fault.fault, Fault::bad_input);
  EXPECT_EQ(fault.place, wrong.place);
  EXPECT_THAT(fault.message, HasSubstr(wrong.message));
  EXPECT_THAT(fault.hint, HasSubstr(wrong.hint));
  EXPECT_FALSE(fault.hint.empty());
}

const std::vector<WrongInput> cells = {
    {"dv_text", with_row("1,8,abc,0,0,0,1,2,0,0,0,0,0"), "t.csv:5:5", "DV 'abc' is no number", "'.'"},
    {"dv_nan", with_row("1,8,NaN,0,0,0,1,2,0,0,0,0,0"), "t.csv:5:5", "DV 'NaN' is no number", "'.'"},
    {"dv_inf", with_row("1,8,-inf,0,0,0,1,2,0,0,0,0,0"), "t.csv:5:5", "DV '-inf' is no number", "'.'"},
    {"dv_huge", with_row("1,8,1e999,0,0,0,1,2,0,0,0,0,0"), "t.csv:5:5", "DV '1e999' is no number", "'.'"},
    {"dv_blq", with_row("1,8,<0.05,0,0,0,1,2,0,0,0,0,0"), "t.csv:5:5", "DV '<0.05' is no number", "BLQ 1"},
    {"dv_excel", with_row("1,8,#N/A,0,0,0,1,2,0,0,0,0,0"), "t.csv:5:5", "DV '#N/A' is no number", "'.'"},
    {"dv_negative", with_row("1,8,-0.5,0,0,0,1,2,0,0,0,0,0"), "t.csv:5:5", "a concentration of -0.5",
     "BLQ 1"},
    {"decimal_comma", with_row("1,8,\"0,5\",0,0,0,1,2,0,0,0,0,0"), "t.csv:5:5", "'0,5'", "decimal point"},
    {"time_clock", with_row("1,08:30,0.5,0,0,0,1,2,0,0,0,0,0"), "t.csv:5:3", "TIME '08:30'", "clock time"},
    {"time_date", with_row("1,2024-01-03,0.5,0,0,0,1,2,0,0,0,0,0"), "t.csv:5:3", "TIME '2024-01-03'", "date"},
    {"time_date_and_clock", with_row("1,2024-01-03 08:30,0.5,0,0,0,1,2,0,0,0,0,0"), "t.csv:5:3", "2024-01-03",
     "date"},
    {"time_after_dose", with_row("1,0,0.5,0,0,0,1,2,0,0,0,0,0"), "t.csv:5:3", "TIME goes back from 4 to 0",
     "from the first dose"},
    {"dvid_text", with_row("1,8,0.5,0,0,0,PK,2,0,0,0,0,0"), "t.csv:5:15", "DVID 'PK' is no number",
     "1 for a concentration"},
    {"time_in_seconds", with_row("1,4e6,0.5,0,0,0,1,2,0,0,0,0,0"), "t.csv:5:3", "more than a life",
     "in hours"},
    {"rate_tiny", with_row("1,8,.,5,1,1,0,1,1e-300,0,0,0,0"), "t.csv:5:17", "makes an infusion", "per hour"},
    {"time_missing", with_row("1,.,0.5,0,0,0,1,2,0,0,0,0,0"), "t.csv:5:3", "TIME is missing", "hours"},
    {"time_back", with_row("1,2,0.5,0,0,0,1,2,0,0,0,0,0"), "t.csv:5:3", "TIME goes back from 4 to 2", "sort"},
    {"id_missing", with_row(",8,0.5,0,0,0,1,2,0,0,0,0,0"), "t.csv:5:1", "ID is missing", "subject"},
    {"dose_before_zero", columns + "1,-24,.,5,1,1,0,1,0,0,0,0,0\n" + sound_rows, "t.csv:2:3",
     "a dose at TIME -24", "first dose"},
    {"infusion_of_zero", with_row("1,8,.,0,1,1,0,1,3,0,0,0,0"), "t.csv:5:7", "a dose of 0", "placebo"},
    {"reset_and_zero", with_row("1,8,.,0,4,1,0,1,0,0,0,0,0"), "t.csv:5:7", "a dose of 0", "placebo"},
    {"dose_negative", with_row("1,8,.,-5,1,1,0,1,0,0,0,0,0"), "t.csv:5:7", "a dose of -5", "placebo"},
    {"dose_without_amount", with_row("1,8,.,.,1,1,0,1,0,0,0,0,0"), "t.csv:5:7", "without an amount",
     "placebo"},
    {"dose_twice", with_row("1,4,.,5,1,1,0,1,0,0,0,0,0\n1,4,.,5,1,1,0,1,0,0,0,0,0"), "t.csv:6:3",
     "two doses at TIME 4", "one dose"},
    {"dose_two_routes", with_row("1,8,.,5,1,1,0,2,0,0,0,0,0"), "t.csv:5:7", "compartments 1 and 2",
     "one route"},
    {"amount_on_observation", with_row("1,8,0.5,5,0,0,1,2,0,0,0,0,0"), "t.csv:5:9",
     "an amount on an observation", "EVID 1"},
    {"evid_unknown", with_row("1,8,.,0,7,1,0,1,0,0,0,0,0"), "t.csv:5:9", "EVID 7 is unknown", "0 for an"},
    {"evid_fraction", with_row("1,8,.,0,0.5,1,0,1,0,0,0,0,0"), "t.csv:5:9", "no whole number", "fraction"},
    {"evid_missing", with_row("1,8,.,0,.,1,0,1,0,0,0,0,0"), "t.csv:5:9", "EVID is missing", "0 for an"},
    {"mdv_unknown", with_row("1,8,0.5,0,0,2,1,2,0,0,0,0,0"), "t.csv:5:13", "MDV 2 is unknown", "1 when"},
    {"dvid_unknown", with_row("1,8,0.5,0,0,0,3,2,0,0,0,0,0"), "t.csv:5:15", "DVID 3 is unknown", "2 for the"},
    {"dvid_missing", with_row("1,8,0.5,0,0,0,.,2,0,0,0,0,0"), "t.csv:5:15", "DVID is missing", "2 for the"},
    {"cmt_text", with_row("1,8,0.5,0,0,0,1,gut,0,0,0,0,0"), "t.csv:5:17", "CMT 'gut' is no number", "'.'"},
    {"rate_estimated", with_row("1,8,.,5,1,1,0,1,-1,0,0,0,0"), "t.csv:5:17", "RATE -1", "per hour"},
    {"rate_and_duration", with_row("1,8,.,5,1,1,0,1,-2,3,0,0,0"), "t.csv:5:20", "DUR gives one",
     "one of them"},
    {"rate_negative", with_row("1,8,.,5,1,1,0,1,-3,0,0,0,0"), "t.csv:5:17", "RATE -3 is negative",
     "per hour"},
    {"dur_negative", with_row("1,8,.,5,1,1,0,1,0,-3,0,0,0"), "t.csv:5:19", "DUR -3 is negative", "hours"},
    {"rate_and_dur", with_row("1,8,.,5,1,1,0,1,1,3,0,0,0"), "t.csv:5:19", "RATE times DUR", "one of"},
    {"addl_without_ii", with_row("1,8,.,5,1,1,0,1,0,0,3,0,0"), "t.csv:5:23", "ADDL without", "hours"},
    {"addl_huge", with_row("1,8,.,5,1,1,0,1,0,0,999999,24,0"), "t.csv:5:21", "ADDL 999999",
     "number of doses"},
    {"steady_state", with_row("1,8,.,5,1,1,0,1,0,0,0,24,3"), "t.csv:5:26", "SS 3 is unknown", "steady state"},
    {"observation_twice", with_row("1,4,9,0,0,0,2,3,0,0,0,0,0"), "t.csv:5:5", "line 4 is repeated", "remove"},
};
const std::string limited = "ID,TIME,DV,AMT,EVID,DVID,CENS,LLOQ\n1,0,.,5,1,1,0,.\n1,4,9,0,0,2,0,.\n";
const std::vector<WrongInput> limits = {
    {"no_limit", limited + "1,1,0,0,0,1,1,.\n", "t.csv:4:13",
     "below the limit of quantification, but no limit", "LLOQ"},
    {"right_censored", limited + "1,1,3,0,0,1,-1,.\n", "t.csv:4:13", "the flag -1 is unknown", "1 when"},
    {"negative_limit", limited + "1,1,3,0,0,1,0,-2\n", "t.csv:4:15", "a limit of quantification of -2",
     "positive"},
    {"all_below",
     "ID,TIME,DV,AMT,EVID,DVID,LLOQ\n1,0,.,5,1,1,.\n1,4,9,0,0,2,.\n1,4,2,0,0,1,50\n1,8,1,0,0,1,50\n", "t.csv",
     "all 2 concentrations are below their limit", "their own unit"},
    {"flag_text", limited + "1,1,3,0,0,1,yes,2\n", "t.csv:4:13", "CENS 'yes' is no number", "1 when"},
    {"two_flags", "ID,TIME,DV,AMT,EVID,DVID,CENS,BLQ\n1,0,.,5,1,1,0,0\n1,4,9,0,0,2,0,0\n1,4,1,0,0,1,0,0\n",
     "t.csv:1:31", "CENS and BLQ mean the same", "one of them"},
};
INSTANTIATE_TEST_SUITE_P(Limits, WrongInputTest, testing::ValuesIn(limits),
                         [](const auto& instance) { return std::string(instance.param.name); });

INSTANTIATE_TEST_SUITE_P(Cells, WrongInputTest, testing::ValuesIn(cells),
                         [](const auto& input) { return input.param.name; });

const std::vector<WrongInput> files = {
    {"empty", "", "t.csv", "the file is empty", "header"},
    {"blank", " \n\n \n", "t.csv", "the file is empty", "header"},
    {"comments_only", "# nothing\n# here\n", "t.csv", "comments only", "header"},
    {"header_only", columns, "t.csv:1:1", "no rows", "row"},
    {"excel", std::string("PK\x03\x04 xl/workbook.xml"), "t.csv", "Excel", "CSV"},
    {"utf16", std::string("\xFF\xFEI\0D\0", 6), "t.csv", "UTF-16", "UTF-8"},
    {"binary", columns + std::string("1,\0\x01\x02,3\n", 9), "t.csv:2:3", "byte 0x00 is no text", "CSV"},
    {"latin1", columns + "\xE9\n", "t.csv:2:1", "byte 0xE9 is no text", "UTF-8"},
    {"too_few_fields", with_row("1,8,0.5,0,0,0,1,2"), "t.csv:5:17", "8 fields where the header has 13",
     "'.'"},
    {"too_many_fields", with_row("1,8,0.5,0,0,0,1,2,0,0,0,0,0,5"), "t.csv:5:29", "14 fields", "comma"},
    {"no_id", "SUBJ,TIME,DV,DVID\n1,1,1,1\n", "t.csv:1:1", "the column ID is missing", "subjects"},
    {"other_names", "ID,TAFD,DV,DVID\n1,1,1,1\n", "t.csv:1:1", "the column TIME is missing", "'TAFD'"},
    {"wide_table", "ID,TIME,CONC,EFFECT\n1,1,1,1\n", "t.csv:1:1", "the column DV is missing",
     "one value a row"},
    {"no_time_but_typo", "ID,TIEM,DV,DVID\n1,1,1,1\n", "t.csv:1:1", "the column TIME is missing", "'TIEM'"},
    {"column_twice", "ID,TIME,DV,AMT,EVID,DVID,dv\n1,0,.,5,1,0,1\n1,1,1,0,0,1,1\n1,1,1,0,0,2,1\n",
     "t.csv:1:26", "the column dv stands twice (first at 1:9)", "rename"},
    {"nobody_dosed", "ID,TIME,DV,DVID\n1,0,1,1\n1,0,1,2\n", "t.csv", "nobody gets a dose", "EVID 1"},
    {"no_concentrations", "ID,TIME,DV,AMT,DVID\n1,0,.,5,0\n1,1,1,0,2\n", "t.csv", "no concentrations",
     "DVID 1"},
    {"no_responses", "ID,TIME,DV,AMT,DVID\n1,0,.,5,0\n1,1,1,0,1\n", "t.csv", "no biomarker values", "DVID 2"},
    {"dose_without_amt_column", "ID,TIME,DV,EVID,DVID\n1,0,.,1,0\n1,1,1,0,1\n1,1,1,0,2\n", "t.csv:2:7",
     "there is no column AMT", "amount"},
    {"quote_in_row", "ID,TIME,DV,DVID,AMT\n1,0,1,0,5\n1,1,1,1,0\n1,1,1,2,\"0\n", "t.csv:4:9",
     "quote does not end", "close"},
    {"quote_in_header", "ID,TIME,DV,DVID,\"AMT\n1,0,1,0,5\n1,1,1,1,0\n1,1,1,2,0\n", "t.csv:1:17",
     "quote does not end", "close"},
};

INSTANTIATE_TEST_SUITE_P(Files, WrongInputTest, testing::ValuesIn(files),
                         [](const auto& input) { return input.param.name; });

Errors faults_of(const std::string& text) {
  const Result<Trial> trial = parse_trial(text, "t.csv");
  return trial ? Errors{} : trial.errors();
}

TEST(WrongInput, ObservationsThatCannotBeToldApartAreExplained) {
  const auto message = [](const std::string& text) {
    const Errors errors = faults_of(text);
    return errors.empty() ? std::string("(no fault)") : errors.front().message;
  };
  EXPECT_THAT(message("ID,TIME,DV,AMT\n1,0,.,5\n1,1,1,0\n"), HasSubstr("neither DVID nor CMT"));
  EXPECT_THAT(message("ID,TIME,DV,AMT,CMT\n1,0,.,5,1\n1,1,1,0,2\n"), HasSubstr("but there are 1"));
  EXPECT_THAT(message("ID,TIME,DV,AMT,CMT\n1,0,.,5,1\n1,1,1,0,2\n1,1,1,0,3\n1,1,1,0,4\n"),
              HasSubstr("but there are 3"));
  EXPECT_THAT(message("ID,TIME,DV,AMT,CMT\n1,0,.,5,1\n1,1,1,0,2\n1,1,1,0,.\n"), HasSubstr("without CMT"));
}

TEST(WrongInput, AllFaultsAreReportedAtOnceInTheirOrder) {
  const Errors errors =
      faults_of(with_row("1,8,abc,0,9,0,1,2,0,0,0,0,0\n1,x,0.5,0,0,0,1,2,0,0,0,0,0\n"
                         "2,0,.,-1,1,1,0,1,-1,0,0,0,1"));
  std::vector<std::string> places;
  for (const Error& e : errors) places.push_back(e.place);
  EXPECT_THAT(places,
              testing::ElementsAre("t.csv:5:11", "t.csv:6:3", "t.csv:7:7", "t.csv:7:18", "t.csv:7:25"));
}

TEST(WrongInput, ALongListIsCutAndCounted) {
  std::string rows;
  for (int i = 0; i < 300; ++i) rows += "1,8,abc,0,0,0,1,2,0,0,0,0,0\n";
  const Errors errors = faults_of(columns + sound_rows + rows);
  ASSERT_EQ(errors.size(), 51u);
  EXPECT_EQ(errors.back().message, "and 250 more faults");
}

TEST(WrongInput, ColumnsAreCountedInCharacters) {
  const Error fault =
      only_fault("ID,TIME,DV,AMT,UNIT,DVID\n1,0,.,5,µg,0\n1,1,1,0,µg/µl,x\n1,1,1,0,µg,2\n1,1,1,0,µg,1\n");
  EXPECT_EQ(fault.place, "t.csv:3:15");
}

// Whatever bytes a file holds, reading ends with a trial or with faults that can be shown.
TEST(Corruption, NeverBreaksTheReader) {
  const std::string original = example_text();
  const std::string pieces[] = {",",
                                "\n",
                                "\"",
                                ".",
                                "-",
                                "1e308",
                                "nan",
                                "#",
                                ";",
                                "\r",
                                std::string(1, '\0'),
                                "\xFF",
                                "ID",
                                "C,",
                                " ",
                                "999999999999",
                                "\xEF\xBB\xBF"};
  int sound = 0;
  for (std::uint64_t item = 0; item < 3000; ++item) {
    Stream random(1, Purpose::property_test, item);
    std::string text = original;
    for (std::uint32_t changes = 1 + random.below(4); changes > 0 && !text.empty(); --changes) {
      const std::size_t at = random.below(static_cast<std::uint32_t>(text.size()));
      switch (random.below(4)) {
        case 0:
          text[at] = static_cast<char>(random.below(256));
          break;
        case 1:
          text.erase(at, 1 + random.below(30));
          break;
        case 2:
          text.insert(at, pieces[random.below(std::size(pieces))]);
          break;
        default:
          text.insert(at, text.substr(random.below(static_cast<std::uint32_t>(text.size())), 40));
          break;
      }
    }
    const Result<Trial> trial = parse_trial(text, "t.csv");
    sound += trial.ok();
    if (trial.ok()) continue;
    ASSERT_FALSE(trial.errors().empty());
    for (const Error& e : trial.errors()) ASSERT_FALSE(e.message.empty());
  }
  EXPECT_GT(sound, 30) << "some changes leave the file sound";
  EXPECT_LT(sound, 2900) << "most do not";
}

}  // namespace
}  // namespace qdose
