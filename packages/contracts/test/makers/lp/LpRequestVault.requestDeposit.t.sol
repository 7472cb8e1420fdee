// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC7540Deposit} from "../../../src/interfaces/IERC7540.sol";
import {IERC7575} from "../../../src/interfaces/IERC7575.sol";
import {IKeeperErrors} from "../../../src/interfaces/IKeeperErrors.sol";
import {ILpVault} from "../../../src/interfaces/ILpVault.sol";
import {LpQueue} from "../../../src/makers/lp/LpQueue.sol";
import {LpRequestVault} from "../../../src/makers/lp/LpRequestVault.sol";
import {LpSettlement} from "../../../src/makers/lp/LpSettlement.sol";
import {ZeroAddress, ZeroAmount} from "../../../src/types/Errors.sol";
import {MAX_KEEPER_FEE, MAX_REQUESTED} from "../../../src/types/LpRequest.sol";
import {Position} from "../../../src/types/Position.sol";
import {AmountTooLarge} from "../../../src/types/Units.sol";
import {LpRequestVaultTest} from "../../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";

abstract contract LpRequestDepositSuite is LpRequestVaultTest {
    function test_Deposit_Lifecycle() public {
        uint256 assets = xcd(10e18);
        uint256 totalBefore = maker.totalAssets();
        token.mint(carol, assets);
        uint256 minimum = requests.defaultMinimum(true, assets, false);
        vm.expectEmit(address(requests));
        emit LpRequestVault.RequestTerms(1, minimum, START + DELAY, START + DELAY + VALIDITY, KEEPER_FEE);
        vm.expectEmit(address(requests));
        emit IERC7540Deposit.DepositRequest(carol, carol, 1, carol, assets);
        vm.prank(carol);
        assertEq(requests.requestDeposit{value: KEEPER_FEE}(assets, carol, carol), 1);
        assertEq(token.balanceOf(carol), 0);
        assertEq(requests.pendingDepositRequest(1, carol), assets);
        assertEq(requests.claimableDepositRequest(1, carol), 0);
        assertEq(requests.pendingDepositRequest(1, dave), 0, "another controller's");
        assertEq(requests.pendingRedeemRequest(1, carol), 0, "the other side");
        assertEq(maker.totalAssets(), totalBefore, "pending assets are outside");

        vm.warp(START + DELAY);
        uint256 shares = (10e18 - feeOf(assets) * scale) * (maker.totalSupply() + 1e6) / (totalBefore * scale + 1e6);
        (uint256 met, uint256 quoted) = requests.quoteDeposit(assets);
        assertEq(met, assets);
        assertEq(quoted, shares, "the quote is what settles at the same price");
        vm.expectEmit(address(requests));
        emit LpSettlement.RequestSettled(1, carol, true, assets, shares, 0, START_PRICE);
        assertEq(settleAt(START_PRICE), 1);
        assertEq(maker.totalAssets(), totalBefore + assets);
        assertEq(requests.pendingDepositRequest(1, carol), 0);
        assertEq(requests.claimableDepositRequest(1, carol), assets);
        assertEq(requests.maxDeposit(carol), assets);
        assertEq(requests.maxMint(carol), shares);
        assertEq(maker.balanceOf(carol), 0, "shares are pulled, not pushed");
        assertEq(keeper.balance, KEEPER_FEE);

        vm.expectEmit(address(requests));
        emit IERC7575.Deposit(carol, dave, assets, shares);
        vm.prank(carol);
        assertEq(requests.deposit(assets, dave), shares);
        assertEq(maker.balanceOf(dave), shares);
        assertEq(requests.maxDeposit(carol), 0);
        assertEq(requests.claimableDepositRequest(1, carol), 0);
    }

    function test_RevertIf_RequestIsInvalid() public {
        token.mint(carol, xcd(10e18));
        vm.startPrank(carol);
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        requests.requestDeposit{value: KEEPER_FEE}(0, carol, carol);
        vm.expectRevert(abi.encodeWithSelector(ZeroAmount.selector));
        requests.requestRedeem{value: KEEPER_FEE}(0, carol, carol);
        vm.expectRevert(abi.encodeWithSelector(ZeroAddress.selector));
        requests.requestDeposit{value: KEEPER_FEE}(1, address(0), carol);
        vm.expectRevert(abi.encodeWithSelector(IKeeperErrors.KeeperFeeTooLow.selector, KEEPER_FEE - 1, KEEPER_FEE));
        requests.requestDeposit{value: KEEPER_FEE - 1}(1, carol, carol);
        uint256 earliest = START + DELAY;
        uint256 latest = earliest + VALIDITY;
        // T6: reverts if the transaction is included too late.
        vm.expectRevert(abi.encodeWithSelector(LpRequestVault.InvalidExpiry.selector, earliest - 1, latest, latest));
        requests.requestDeposit{value: KEEPER_FEE}(1, carol, carol, 0, earliest - 1);
        vm.expectRevert(abi.encodeWithSelector(LpRequestVault.InvalidExpiry.selector, latest + 1, latest, latest));
        requests.requestDeposit{value: KEEPER_FEE}(1, carol, carol, 0, latest + 1);
        vm.stopPrank();
    }

    /// @dev After the delay is shortened a later request does not become executable before an earlier one.
    function test_Requests_AreExecutableInTheirOrder() public {
        vm.prank(owner());
        requests.setRules(LpQueue.Rules(10, 60, 0));
        requestDeposit(carol, xcd(1e18));
        vm.prank(owner());
        requests.setRules(LpQueue.Rules(3, 60, 0));
        requestDeposit(dave, xcd(1e18));
        assertEq(stateOf(2).executableAt, stateOf(1).executableAt);
    }

    function test_DepositCap_MeetsARequestInPart() public {
        uint256 total = maker.totalAssets();
        requestDeposit(carol, xcd(10e18), 9.9e18, 0);
        requestDeposit(dave, xcd(1e18));
        // Later requests beyond the cap revert.
        vm.prank(owner());
        maker.setLpRules(uint128(total + xcd(4e18)), 500);
        vm.prank(lp);
        assertEq(maker.maxDeposit(lp), xcd(4e18));
        token.mint(dave, xcd(4e18) + 1);
        vm.prank(dave);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.LpDepositCapExceeded.selector, xcd(4e18) + 1, xcd(4e18)));
        requests.requestDeposit{value: KEEPER_FEE}(xcd(4e18) + 1, dave, dave);
        (uint256 met,) = requests.quoteDeposit(xcd(10e18));
        assertEq(met, xcd(4e18));
        vm.expectEmit(address(requests));
        emit LpSettlement.RequestReturned(
            1, carol, xcd(6e18), abi.encodeWithSelector(LpSettlement.MetInPart.selector, xcd(10e18), xcd(4e18))
        );
        vm.expectEmit(address(requests));
        emit LpSettlement.RequestReturned(
            2, dave, xcd(1e18), abi.encodeWithSelector(ILpVault.LpDepositCapExceeded.selector, xcd(1e18), 0)
        );
        settleAt(START_PRICE);
        assertEq(requests.claimableDepositRequest(1, carol), xcd(4e18));
        assertEq(requests.claimableCancelDepositRequest(1, carol), xcd(6e18));
        assertFalse(requests.pendingCancelDepositRequest(1, carol));
        vm.prank(carol);
        requests.claimCancelDepositRequest(1, carol, carol);
        assertEq(token.balanceOf(carol), xcd(6e18));
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(LpRequestVault.NothingReturned.selector, 1, carol));
        requests.claimCancelDepositRequest(1, carol, carol);
        // The immediate path applies the same limit.
        refreshPrice(START_PRICE);
        token.mint(lp, xcd(1e18));
        vm.prank(lp);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.LpDepositCapExceeded.selector, xcd(1e18), 0));
        maker.deposit(xcd(1e18));
    }
}

contract OracleMakerRequestDepositTest is LpRequestVaultTest(MakerKind.Oracle), LpRequestDepositSuite {
    /// @dev Amounts, minimum and fee that a request's words do not hold.
    function test_RevertIf_TheRequestHasNoRoomForIt() public {
        token.mint(carol, MAX_REQUESTED + 1);
        vm.deal(carol, MAX_KEEPER_FEE + 1);
        vm.startPrank(carol);
        bytes memory refusal = abi.encodeWithSelector(AmountTooLarge.selector, MAX_REQUESTED + 1, MAX_REQUESTED);
        vm.expectRevert(refusal);
        requests.requestDeposit{value: KEEPER_FEE}(MAX_REQUESTED + 1, carol, carol, 0, 0);
        vm.expectRevert(refusal);
        requests.requestDeposit{value: KEEPER_FEE}(1, carol, carol, MAX_REQUESTED + 1, 0);
        vm.expectRevert(abi.encodeWithSelector(AmountTooLarge.selector, MAX_KEEPER_FEE + 1, MAX_KEEPER_FEE));
        requests.requestDeposit{value: MAX_KEEPER_FEE + 1}(1, carol, carol, 0, 0);
        requests.requestDeposit{value: MAX_KEEPER_FEE}(MAX_REQUESTED, carol, carol, MAX_REQUESTED, 0);
        vm.stopPrank();
        assertEq(stateOf(1).amount, MAX_REQUESTED);
        assertEq(stateOf(1).minOut, MAX_REQUESTED);
        assertEq(stateOf(1).keeperFee, MAX_KEEPER_FEE);
        vm.warp(stateOf(1).expiresAt + 1);
        clearExpired();
        assertEq(keeper.balance, MAX_KEEPER_FEE);
        assertEq(requests.claimableCancelDepositRequest(1, carol), MAX_REQUESTED);
    }

    /// @dev Shares that are almost worthless: a deposit that would buy more shares than the queue can record is
    /// returned instead of blocking it.
    function test_WorthlessShares_AreReturned() public {
        Position memory position;
        vm.mockCall(
            address(vault),
            abi.encodeCall(vault.getAccountValue, (market, false, address(om))),
            abi.encode(position, 0, 1e9, false)
        );
        requestDeposit(carol, 1_000_000 * USD);
        requestDeposit(dave, 1 * USD / 1000);
        settleAt(START_PRICE);
        vm.clearMockedCalls();
        assertEq(requests.claimableCancelDepositRequest(1, carol), 1_000_000 * USD);
        assertGt(requests.maxMint(dave), 0);
    }

    function test_Insolvent_RequestsAreReturned() public {
        addMargin(alice, 900_000 * USD);
        buy(alice, address(om), 490e18);
        requestDeposit(carol, 1000 * USD);
        vm.deal(lp, 1 ether);
        requestRedeem(lp, 1e18);
        settleAt(5000e18);
        assertEq(requests.claimableCancelDepositRequest(1, carol), 1000 * USD);
        assertEq(requests.claimableCancelRedeemRequest(2, lp), 1e18);
    }
}

contract SpotHedgeBaseMakerRequestDepositTest is LpRequestVaultTest(MakerKind.SpotHedgeBase), LpRequestDepositSuite {}

contract SpotHedgeQuoteMakerRequestDepositTest is LpRequestVaultTest(MakerKind.SpotHedgeQuote), LpRequestDepositSuite {}
