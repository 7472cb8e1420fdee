// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ILpVault} from "../../../src/interfaces/ILpVault.sol";
import {IPriceOracle} from "../../../src/interfaces/IPriceOracle.sol";
import {IVault} from "../../../src/interfaces/IVault.sol";
import {MarketStatus} from "../../../src/types/Market.sol";
import {LockUser} from "../../utils/LockUser.sol";
import {LpProtectionTest} from "../../utils/LpProtectionTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";

/// @dev The views that ERC-4626 wants not to revert: at the last stored price, whose age is a view of its own.
abstract contract LpVaultLastPriceSuite is LpProtectionTest {
    function test_OldPrice_ViewsDoNotRevert() public {
        takeSpreads();
        giveInventory();
        uint256 assets = maker.totalAssets();
        uint256 price = maker.sharePrice();
        (int256 total, uint256 shares) = maker.valuation();
        assertEq(maker.valuationAge(), 0);
        assertGt(maker.maxRedeem(lp), 0);
        skip(61);
        vm.expectPartialRevert(IPriceOracle.StalePrice.selector);
        maker.valuation();
        assertEq(maker.totalAssets(), assets);
        assertEq(maker.sharePrice(), price);
        (int256 lastTotal, uint256 lastShares) = maker.lastValuation();
        assertEq(lastTotal, total);
        assertEq(lastShares, shares);
        assertEq(maker.valuationAge(), 61);
        assertEq(requests.totalAssets(), assets);
        assertEq(requests.convertToAssets(1e18) * scale / 1e12, price / 1e12);
        assertGt(requests.convertToShares(xcd(1e18)), 0);
        assertEq(maker.maxDeposit(lp), 0, "a deposit needs a price");
        assertEq(maker.maxRedeem(lp), 0, "so does a withdrawal");
    }

    /// @dev A withdrawal needs a fresh price, a deposit does not.
    function test_PriceOfElevenSeconds_MaxRedeemIsZero() public {
        giveInventory();
        skip(11);
        assertEq(maker.maxRedeem(lp), 0);
        assertGt(maker.maxDeposit(lp), 0);
        vm.prank(lp);
        vm.expectPartialRevert(IPriceOracle.StalePrice.selector);
        maker.withdraw(1e18);
    }

    /// @dev A flat maker needs no price, and shows no age.
    function test_FlatMaker_HasNoAge() public {
        skip(1 days);
        assertEq(maker.valuationAge(), 0);
        assertEq(maker.maxRedeem(lp), maker.balanceOf(lp));
        assertEq(maker.maxDeposit(lp), type(uint128).max);
    }

    /// @dev T13: no share is valued inside a step.
    function test_T13_Locked_ValuesRevert() public {
        giveInventory();
        LockUser user = new LockUser(vault);
        bytes memory locked = abi.encodeWithSelector(IVault.Locked.selector, user);
        bytes[3] memory calls = [
            abi.encodeCall(maker.totalAssets, ()),
            abi.encodeCall(maker.sharePrice, ()),
            abi.encodeCall(maker.lastValuation, ())
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            user.lockAnd(address(maker), calls[i]);
            assertFalse(user.succeeded());
            assertEq(user.answer(), locked);
        }
    }

    /// @dev Each settlement states the value that it settled at: the performance between two follows from logs.
    function test_Settlement_StatesItsValue() public {
        setRequestFee(0);
        giveInventory();
        (int256 total, uint256 shares) = maker.valuation();
        requestDeposit(carol, xcd(10e18));
        vm.expectEmit(address(maker));
        emit ILpVault.SharesValued(uint256(total), shares, START_PRICE);
        settleAt(START_PRICE);
        uint256 minted = claimShares(carol);
        requestRedeem(carol, minted);
        vm.expectEmit(true, true, true, false, address(maker));
        emit ILpVault.SharesValued(0, 0, 0);
        settleAt(START_PRICE);
    }

    /// @dev The view says whether a request settles now, why not, and until when it waits.
    function test_SettlementOf_EachState() public {
        giveInventory();
        uint256 id = requestDeposit(carol, xcd(10e18), 100e18, 0);
        uint256 expiresAt = stateOf(id).expiresAt;
        (bool settlesNow, bytes memory reason, uint256 latestAt) = requests.settlementOf(id);
        assertFalse(settlesNow);
        assertEq(bytes4(reason), bytes4(keccak256("RequestNotDue(uint256,uint256)")));
        assertEq(latestAt, expiresAt);
        skip(DELAY);
        (settlesNow, reason,) = requests.settlementOf(id);
        assertFalse(settlesNow);
        assertEq(bytes4(reason), ILpVault.LessThanMinimum.selector);
        uint256 other = requestDeposit(carol, xcd(10e18));
        vm.warp(stateOf(other).executableAt);
        (settlesNow, reason,) = requests.settlementOf(other);
        assertTrue(settlesNow);
        assertEq(reason.length, 0);
        vm.warp(expiresAt + 1);
        (settlesNow, reason, latestAt) = requests.settlementOf(id);
        assertFalse(settlesNow);
        assertEq(bytes4(reason), bytes4(keccak256("RequestExpired(uint256,uint256)")));
        assertEq(latestAt, expiresAt);
        clearExpired();
        (settlesNow, reason, latestAt) = requests.settlementOf(id);
        assertEq(bytes4(reason), bytes4(keccak256("NotPending(uint256,address)")));
        assertEq(latestAt, 0);
        (settlesNow,, latestAt) = requests.settlementOf(99);
        assertFalse(settlesNow);
        assertEq(latestAt, 0);
    }

    /// @dev Returned tokens are visible without ids, and any account pushes them to their controller.
    function test_ReturnedTokens_AreSummedAndPushed() public {
        uint256 shares = enter(carol, xcd(10e18));
        uint256 first = requestDeposit(carol, xcd(1e18));
        uint256 second = requestDeposit(carol, xcd(2e18));
        uint256 third = requestRedeem(carol, shares);
        vm.warp(stateOf(third).expiresAt + 1);
        clearExpired();
        (uint256 assets, uint256 held) = requests.returnedOf(carol);
        assertEq(assets, xcd(3e18));
        assertEq(held, shares);
        vm.prank(stranger);
        assertEq(requests.pushReturned(first), xcd(1e18));
        assertEq(token.balanceOf(carol), xcd(1e18));
        vm.prank(carol);
        assertEq(requests.claimCancelDepositRequest(second, dave, carol), xcd(2e18));
        requests.pushReturned(third);
        assertEq(maker.balanceOf(carol), shares);
        (assets, held) = requests.returnedOf(carol);
        assertEq(assets + held, 0);
        vm.expectPartialRevert(bytes4(keccak256("NothingReturned(uint256,address)")));
        requests.pushReturned(first);
    }
}

contract OracleMakerLastPriceTest is LpProtectionTest(MakerKind.Oracle), LpVaultLastPriceSuite {
    /// @dev The Vault pays no margin of a position in a paused market.
    function test_Paused_MaxRedeemIsZero() public {
        giveInventory();
        vm.prank(owner());
        house.setMarketStatus(market, MarketStatus.Paused);
        assertEq(maker.maxRedeem(lp), 0);
    }
}

contract SpotHedgeBaseMakerLastPriceTest is LpProtectionTest(MakerKind.SpotHedgeBase), LpVaultLastPriceSuite {}

contract SpotHedgeQuoteMakerLastPriceTest is LpProtectionTest(MakerKind.SpotHedgeQuote), LpVaultLastPriceSuite {}
