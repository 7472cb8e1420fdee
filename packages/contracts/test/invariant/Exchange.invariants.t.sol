// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {MarketLedger} from "../../src/types/Market.sol";
import {Position} from "../../src/types/Position.sol";
import {Price} from "../../src/types/Units.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {ExchangeHandler} from "./ExchangeHandler.sol";

/// @dev The laws L1 to L3 and H1 of the design under any sequence of {ExchangeHandler}'s actions.
contract ExchangeInvariants is ExchangeTest {
    ExchangeHandler internal handler;
    address[] internal accounts;
    uint256 internal usdScale;
    uint256 internal baseScale;

    function setUp() public override {
        super.setUp();
        (usdScale, baseScale) = (1e18 / quoteXCD(1e18), 1e18 / baseXCD(1e18));
        address[] memory takers = new address[](3);
        (takers[0], takers[1], takers[2]) = (alice, bob, makeAddr("carol"));
        address[] memory lps = new address[](2);
        (lps[0], lps[1]) = (makeAddr("lp2"), makeAddr("lp3"));
        fund(takers[2], quoteXCD(1_000_000e18));
        vm.startPrank(owner());
        om.setValidSender(takers[2], true);
        for (uint256 i = 0; i < lps.length; ++i) {
            om.setWhitelistLp(lps[i], true);
            shb.setWhitelistLp(lps[i], true);
        }
        vm.stopPrank();
        for (uint256 i = 0; i < takers.length; ++i) {
            addMargin(takers[i], quoteXCD(100_000e18));
            accounts.push(takers[i]);
        }
        accounts.push(address(om));
        accounts.push(address(shb));
        // `lp` of the fixture is the LP whose shares nobody touches.
        handler = new ExchangeHandler(d, pyth, usd, weth, spot, FEED, takers, lps);
        targetContract(address(handler));
    }

    /// @dev One campaign for all ledger laws: each would replay the same calls.
    function invariant_L1_L2_L3_TheLedgerAddsUp() public view {
        _checkSizesSumToZero();
        _checkMarginAndOpenNotionalAreTheBalance();
        _checkValuesAreTheBalanceAtEveryPrice();
        _checkTokensCoverFundsAndMarkets();
        assertEq(vault.lockHolder(), address(0), "locked between actions");
    }

    function invariant_H1_MakersAreWithinTheirBounds() public view {
        _checkBaseHeldPlusSizeIsWhatLpsBrought();
        assertGe(sizeOf(address(shb)), 0, "the base vault is short");
        assertGe(marginOf(address(shb)), 0, "it pays its hedges out of its own margin");
        assertLe(positionOf(address(om)).size.abs(), om.maxAbsPosition(), "beyond the cap");
    }

    /// @dev Seen with -vv: how often each action went through, in the last run.
    function afterInvariant() public view {
        handler.printCalls();
    }

    function _checkSizesSumToZero() private view {
        int256 sum;
        for (uint256 i = 0; i < accounts.length; ++i) {
            sum += sizeOf(accounts[i]);
        }
        assertEq(sum, 0, "L1");
    }

    /// @dev Without prices the law holds to the last wei.
    function _checkMarginAndOpenNotionalAreTheBalance() private view {
        int256 sum;
        for (uint256 i = 0; i < accounts.length; ++i) {
            Position memory position = positionOf(accounts[i]);
            sum += position.margin.unwrap() + position.openNotional.unwrap();
        }
        assertEq(sum, int256(vault.marketOf(market).balance * usdScale), "L2");
    }

    /// @dev At any price account values are the balance, less at most one wei of dust for each account.
    function _checkValuesAreTheBalanceAtEveryPrice() private view {
        uint256[5] memory prices = [uint256(1), 1e9 + 7, 123456789123456789, handler.price(), 1e27 + 1];
        MarketLedger memory ledger = vault.marketOf(market);
        int256 balance = int256(ledger.balance * usdScale);
        for (uint256 i = 0; i < prices.length; ++i) {
            int256 sum;
            for (uint256 j = 0; j < accounts.length; ++j) {
                sum += positionOf(accounts[j]).value(Price.wrap(prices[i])).unwrap();
            }
            assertLe(sum, balance, "L2: dust in favour of an account");
            assertGe(sum + int256(accounts.length), balance, "L2: more than dust is missing");
        }
    }

    function _checkTokensCoverFundsAndMarkets() private view {
        uint256 owed = vault.marketOf(market).balance;
        for (uint256 i = 0; i < accounts.length; ++i) {
            owed += vault.fundOf(accounts[i]);
        }
        // Exactly, since nothing but donations is left over.
        assertEq(usd.balanceOf(address(vault)), owed + handler.vaultDonations(), "L3");
    }

    /// @dev H1: base held and perpetual size add up to what LPs brought, to the base token's last decimal. Tokens held
    /// are never fewer than the internal ledger says.
    function _checkBaseHeldPlusSizeIsWhatLpsBrought() private view {
        int256 held = int256(shb.assetBalance() * baseScale);
        int256 exposure = held + sizeOf(address(shb));
        int256 brought = handler.lpBaseFlow() * int256(baseScale);
        assertGe(exposure, brought, "H1: less");
        assertLt(exposure - brought, int256(baseScale), "H1: more");
        assertGe(weth.balanceOf(address(shb)), shb.assetBalance(), "H1: tokens");
    }
}

/// @dev The same with a base token of 8 decimals and collateral of 18.
contract ExchangeInvariantsOtherDecimals is ExchangeInvariants {
    function collateralDecimals() internal pure override returns (uint8) {
        return 18;
    }

    function baseDecimals() internal pure override returns (uint8) {
        return 8;
    }
}
