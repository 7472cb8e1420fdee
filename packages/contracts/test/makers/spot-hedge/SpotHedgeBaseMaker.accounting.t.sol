// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {console} from "forge-std/Test.sol";
import {Vm} from "forge-std/Vm.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {ISpotHedgeVault} from "../../../src/interfaces/ISpotHedgeVault.sol";
import {Price} from "../../../src/types/Units.sol";
import {SpotHedgeBaseMakerTest} from "../../utils/SpotHedgeBaseMakerTest.sol";

/// @dev The numbers of docs/spot-hedge-makers.md: one trade of each kind, one after the other. `-vv` prints them; a row
/// that the page does not have fails the test.
contract SpotHedgeBaseMakerAccountingTest is SpotHedgeBaseMakerTest {
    string private constant PAGE = "docs/spot-hedge-makers.md";
    /// @dev Carol's long against the OracleMaker makes the base vault pay funding.
    address private carol = makeAddr("carol");
    string private _page;
    string private _missing;

    function setUp() public override {
        super.setUp();
        fund(carol, 1_000_000 * USD);
        addMargin(carol, 400_000 * USD);
        setSpread(1000);
        vm.prank(owner());
        om.setValidSender(carol, true);
    }

    function test_Accounting_MatchesTheDocumentation() public {
        _page = vm.readFile(PAGE);
        vm.recordLogs();
        _row("LPs have deposited 100", 0, 0);
        _trade("alice sells 10", alice, true, true, 10e18);
        _trade("bob sells for 8,000", bob, true, false, 8000e18);
        _trade("bob buys 4 and 1 more", bob, false, false, 5e18);
        _trade("bob buys for 2,000", bob, false, true, 2000e18);
        spot.moveTo(1980e18);
        _trade("alice buys back 2, pool at 1,980", alice, false, false, 2e18);
        spot.moveTo(2050e18);
        _trade("alice buys back 2, pool at 2,050", alice, false, false, 2e18);
        _price(2200e18, 1);
        _row("the price is 2,200", 0, 0);
        _payFunding();
        _row("a day of funding is pending", 0, 0);
        _trade("alice buys back 2, fees consumed margin", alice, false, false, 2e18);
        _trade("alice closes for 2,000 of quote", alice, false, true, 2000e18);
        _trade("alice buys all that is left", alice, false, false, uint256(sizeOf(maker)));
        assertEq(_missing, "", string.concat(PAGE, " lacks rows"));
    }

    /// @dev The share price contains fees that the maker pays or earns in the second in which they accrue, before they
    /// settle. Settling changes nothing.
    function testFuzz_FeesAreInTotalAssetsAtOnce(uint256 time, bool isPaying) public {
        setFastFunding(1e12, 10e18);
        vm.prank(owner());
        house.setBorrowing(market, 1e10);
        sell(alice, maker, 40e18);
        spot.moveTo(START_PRICE);
        if (isPaying) buy(carol, address(om), 100e18);
        uint256 before = shb.totalAssets();
        time = boundTime(time, 2 days);
        _price(START_PRICE, time);
        (int256 funding, int256 borrowing) = d.lens.pendingFeesOf(market, maker);
        assertEq(funding > 0, isPaying && funding != 0, "who pays");
        assertEq(borrowing < 0, !isPaying, "makers that are exposed receive borrowing fees");
        uint256 total = shb.totalAssets();
        assertApproxEqAbs(int256(total), int256(before) - (funding + borrowing) / 2000, 2, "immediately");
        // A minimal fill settles them.
        buy(alice, maker, 1);
        (funding, borrowing) = d.lens.pendingFeesOf(market, maker);
        assertEq(funding + borrowing, 0, "settled");
        assertApproxEqAbs(shb.totalAssets(), total, 1e9, "settling changes nothing");
    }

    // ---------------------------------------------------------------------------------------------------- helpers ----

    /// @dev Moves the pool back to the oracle price afterwards, like arbitrage.
    function _trade(string memory name, address taker, bool isBaseToQuote, bool isExactInput, uint256 amount) private {
        (int256 base, int256 quote) = tradeAs(taker, order(taker, maker, isBaseToQuote, isExactInput, amount));
        _row(name, base, quote);
        spot.moveTo(_oraclePrice());
        vm.recordLogs();
    }

    function _row(string memory name, int256 base, int256 quote) private {
        (uint256 swapped, uint256 short_) = _logged();
        string memory row = string.concat("| ", name, " | ", _fixed(base, 4), " | ", _fixed(quote, 2));
        row = string.concat(row, " | ", _fixed(int256(swapped), 2), " | ", _fixed(int256(short_), 4));
        row = string.concat(row, " | ", _fixed(int256(uint256(shb.assetBalance())), 4), " | ", _fixed(sizeOf(maker), 4));
        row = string.concat(row, " | ", _fixed(marginOf(maker), 2));
        row = string.concat(row, " | ", _fixed(positionOf(maker).openNotional.unwrap(), 2));
        row = string.concat(row, " | ", _fixed(int256(shb.totalAssets()), 4), " |");
        console.log(row);
        if (!vm.contains(_page, row)) _missing = string.concat(_missing, "\n", row);
    }

    /// @dev The swap's quote and the base of the {HedgeShortage} events since the logs were recorded.
    function _logged() private returns (uint256 swapped, uint256 short_) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == ISpotHedgeVault.SpotHedged.selector) {
                (,,, swapped,) = abi.decode(logs[i].data, (address, uint256, int256, uint256, uint256));
            } else if (logs[i].topics[0] == ISpotHedgeVault.HedgeShortage.selector) {
                short_ = abi.decode(logs[i].data, (uint256));
            }
        }
    }

    function _payFunding() private {
        setFastFunding(1e12, 1e18);
        buy(carol, address(om), 100e18);
        _price(2200e18, 1 days);
    }

    function _price(uint256 price, uint256 time) private {
        skip(time);
        setPrice(price);
        spot.moveTo(price);
        vm.recordLogs();
    }

    function _oraclePrice() private view returns (uint256) {
        (Price price,,) = oracle.getPrice(market);
        return price.unwrap();
    }

    /// @dev A decimal number with thousands separators, rounded toward zero.
    function _fixed(int256 wad, uint256 decimals) private pure returns (string memory text) {
        uint256 units = uint256(wad < 0 ? -wad : wad) / 10 ** (18 - decimals);
        uint256 whole = units / 10 ** decimals;
        string memory rest = Strings.toString(10 ** decimals + units % 10 ** decimals);
        bytes memory digits = bytes(rest);
        digits[0] = ".";
        text = whole < 1000
            ? Strings.toString(whole)
            : string.concat(Strings.toString(whole / 1000), ",", _three(whole % 1000));
        text = string.concat(wad < 0 && units != 0 ? "-" : "", text, string(digits));
    }

    function _three(uint256 number) private pure returns (string memory) {
        bytes memory digits = bytes(Strings.toString(1000 + number));
        return string.concat(
            string(abi.encodePacked(digits[1])),
            string(abi.encodePacked(digits[2])),
            string(abi.encodePacked(digits[3]))
        );
    }
}
