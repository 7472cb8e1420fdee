// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {DeployAggregateVault} from "../../script/AggregateVault.s.sol";
import {DeployConfig} from "../../script/Deploy.s.sol";
import {CircuitBreaker} from "../../src/CircuitBreaker.sol";
import {SignedOrderGateway} from "../../src/gateways/SignedOrderGateway.sol";
import {IClearingHouse} from "../../src/interfaces/IClearingHouse.sol";
import {ILpClaimErrors} from "../../src/interfaces/ILpClaimErrors.sol";
import {ILpModule} from "../../src/interfaces/ILpModule.sol";
import {ILpVault} from "../../src/interfaces/ILpVault.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {IMarketAdmin} from "../../src/interfaces/IMarketAdmin.sol";
import {ISpotAdapter} from "../../src/interfaces/ISpotAdapter.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {LpAggregateVault} from "../../src/makers/lp/LpAggregateVault.sol";
import {PythOracle} from "../../src/oracle/PythOracle.sol";
import {NotClearingHouse, NotSelf, NotVault} from "../../src/types/Errors.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {UniswapV4Venue} from "../utils/SpotVenues.sol";
import {AuthorityTable} from "./AuthorityTable.sol";

/// @dev T19: which callers may call every function that changes state. A new function needs one line here.
contract AuthorityTest is AuthorityTable {
    address private guardian = makeAddr("guardian");

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        c.guardian = guardian;
        (c.breakerWindow, c.breakerMaxOutflow) = (1 days, 200_000);
    }

    function setUp() public override {
        super.setUp();
        vm.prank(owner());
        d.breaker.acceptOwnership();
    }

    function test_T19_Vault() public {
        open("deposit");
        open("depositWithPermit");
        open("freeBond");
        open("donate");
        open("multicall");
        open("receiveForHedge");
        open("receiveMargin");
        open("reportCapacity");
        open("setOperator");
        open("setOperatorBySig");
        open("withdraw");
        open("withdrawEscrow");
        open("payOutMargin");
        guarded("bindBond", IVault.NotAuthorized.selector, abi.encode(0), "", noCaller(), "");
        open("withLockHeld");
        bytes memory ofAlice = abi.encode(market, alice, 1);
        guarded("transferFundToMargin", IVault.NotAuthorized.selector, abi.encode(alice), "", only(alice), ofAlice);
        guarded("transferMarginToFund", IVault.NotAuthorized.selector, abi.encode(alice), "", only(alice), ofAlice);
        guarded(
            "returnMargin", IVault.NotAuthorized.selector, abi.encode(alice), "", only(alice), abi.encode(market, alice)
        );
        guarded("depositToMargin", IVault.NotAuthorized.selector, abi.encode(alice), "", only(alice), ofAlice);
        guarded("withdrawForHedge", IVault.NotMaker.selector, abi.encode(0), noCaller());
        guarded("draw", IVault.NoFillWindow.selector, abi.encode(0), noCaller());
        _house("accrue");
        _house("createMarket");
        _house("openFill");
        _house("openMatch");
        _house("payBond");
        _house("payFromFund");
        _house("setBorrowing");
        _house("setDepositCap");
        _house("setFrozen");
        _house("setFunding");
        _house("setMaker");
        _house("setMarginRatios");
        _exchange("releaseFill");
        _exchange("coverShortfall");
        _exchange("openForced");
        _exchange("openHook");
        _exchange("settleFill");
        _exchange("setShortfall");
        _exchange("settlePenalty");
        check("Vault.sol", "Vault", address(vault));
    }

    function test_T19_ClearingHouse() public {
        open("accrue");
        open("liquidate");
        open("quoteTrade");
        open("recordLiquidations");
        open("trade");
        _owner("createMarket");
        _owner("registerMaker");
        _owner("removeMaker");
        _owner("setBorrowing");
        _owner("setDepositCap");
        _owner("setFunding");
        _owner("setGuardian");
        _owner("setMarginRatios");
        _owner("setRules");
        guarded("matchTrade", IClearingHouse.NotGateway.selector, either(address(gateway), address(signedGateway)));
        guarded("payBond", IClearingHouse.NotGateway.selector, either(address(gateway), address(signedGateway)));
        guarded("payRelayFee", IClearingHouse.NotGateway.selector, either(address(gateway), address(signedGateway)));
        // The guardian may only remove a gateway.
        guarded("setGateway", Ownable.OwnableUnauthorizedAccount.selector, either(owner(), guardian));
        _owner("reinstateMaker");
        guarded("retireMaker", Ownable.OwnableUnauthorizedAccount.selector, either(owner(), guardian));
        _pauses("setMarketStatus", abi.encode(market, MarketStatus.Paused));
        _pauses("setSystemStatus", abi.encode(MarketStatus.Paused));
        guarded("coverShortfall", IClearingHouse.NotBackstop.selector, abi.encode(backstop), only(address(backstop)));
        guarded("markSettled", IClearingHouse.NotBackstop.selector, abi.encode(backstop), only(address(backstop)));
        guarded("startGrace", IClearingHouse.NotBackstop.selector, abi.encode(backstop), only(address(backstop)));
        _ownership(house);
        check("ClearingHouse.sol", "ClearingHouse", address(house));
    }

    /// @dev T19: only the owner loosens a status.
    function test_T19_ClearingHouse_Loosening() public {
        vm.startPrank(owner());
        house.setSystemStatus(MarketStatus.Paused);
        house.setMarketStatus(market, MarketStatus.Paused);
        vm.stopPrank();
        address[3] memory callers = [stranger, guardian, address(house)];
        for (uint256 i = 0; i < callers.length; ++i) {
            bytes memory refusal = abi.encodeWithSelector(
                IMarketAdmin.InvalidStatusChange.selector, callers[i], MarketStatus.Paused, MarketStatus.ReduceOnly
            );
            vm.startPrank(callers[i]);
            vm.expectRevert(refusal);
            house.setSystemStatus(MarketStatus.ReduceOnly);
            vm.expectRevert(refusal);
            house.setMarketStatus(market, MarketStatus.ReduceOnly);
            vm.stopPrank();
        }
    }

    function test_T19_Backstop() public {
        open("announceSettlement");
        open("correctDeleveraging");
        open("claimSlice");
        open("deleverage");
        open("executeExit");
        open("flagShortfall");
        open("reportOutage");
        open("resolveShortfall");
        open("returnExit");
        open("settleAccount");
        open("settleMarket");
        open("startExit");
        guarded("payMargin", NotVault.selector, abi.encode(vault), only(address(vault)));
        check("Backstop.sol", "Backstop", address(backstop));
    }

    function test_T19_CircuitBreaker() public {
        _owner("removeLimit");
        _owner("resetMeter");
        _owner("setGuardian");
        _owner("setHolders");
        _owner("setLimit");
        _owner("setProtected");
        guarded("lowerLimit", CircuitBreaker.NotGuardian.selector, abi.encode(guardian), either(owner(), guardian));
        bytes memory flow = abi.encode(usd, alice, 1);
        bytes4 notProtected = CircuitBreaker.NotProtected.selector;
        guarded("recordInflow", notProtected, "", "", only(address(vault)), flow);
        guarded("recordOutflow", notProtected, "", "", only(address(vault)), flow);
        guarded("recordHedge", notProtected, "", "", only(address(vault)), abi.encode(usd, alice, 1, false));
        // {renounceOwnership} is a view that always reverts.
        _transfers(d.breaker);
        check("CircuitBreaker.sol", "CircuitBreaker", address(d.breaker));
    }

    function test_T19_PythOracle() public {
        open("applyFeed");
        open("settlementPrice");
        open("proveOutage");
        _owner("cancelFeed");
        _owner("proposeFeed");
        _owner("seal");
        _owner("setExecutor");
        _owner("setFeed");
        address[] memory gateways = either(address(gateway), address(signedGateway));
        guarded("beginCurrent", PythOracle.NotExecutor.selector, gateways);
        guarded("provePrice", PythOracle.NotExecutor.selector, gateways);
        guarded("beginExecution", PythOracle.NotExecutor.selector, gateways);
        guarded("endExecution", PythOracle.NotExecutor.selector, gateways);
        _ownership(oracle);
        check("PythOracle.sol", "PythOracle", address(oracle));
    }

    function test_T19_OrderGateway() public {
        open("cancelOrder");
        open("createOrderWithDeposit");
        open("createOrder");
        open("createOrderAfter");
        open("executeOrder");
        open("executeOrders");
        open("noteFeedChange");
        open("withdrawCredit");
        guarded("executeOne", NotSelf.selector, only(address(gateway)));
        _owner("setRules");
        _ownership(gateway);
        check("OrderGateway.sol", "OrderGateway", address(gateway));
    }

    function test_T19_SignedOrderGateway() public {
        open("announce");
        open("cancelAnnouncement");
        open("cancelBracket");
        open("batch");
        open("cancelAll");
        open("cancelOrder");
        open("cancelOrderBySig");
        open("clearAnnouncement");
        open("executeAnnounced");
        guarded("settle", SignedOrderGateway.NotRelayer.selector, noCaller());
        guarded("matchOrders", SignedOrderGateway.NotRelayer.selector, noCaller());
        guarded("fillAnnounced", NotSelf.selector, only(address(signedGateway)));
        _owner("setRelayer");
        _owner("setRules");
        _ownership(signedGateway);
        check("SignedOrderGateway.sol", "SignedOrderGateway", address(signedGateway));
    }

    function test_T19_SetGateway_TheGuardianOnlyRemoves() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, guardian));
        vm.prank(guardian);
        house.setGateway(stranger, true);
        vm.prank(guardian);
        house.setGateway(address(signedGateway), false);
        assertFalse(house.isGateway(address(signedGateway)));
    }

    function test_T19_OracleMaker() public {
        _owner("setValidSender");
        guarded("payMargin", NotVault.selector, abi.encode(vault), only(address(vault)));
        _lpVault(om);
        check("OracleMaker.sol", "OracleMaker", address(om));
    }

    function test_T19_SpotHedgeBaseMaker() public {
        _owner("setHedgeGapRules");
        open("closeHedgeGap");
        _lockedSteps();
        bytes4 notAdapter = ISpotHedgeVault.NotAdapter.selector;
        guarded("paySpotSwap", notAdapter, abi.encode(d.spotHedgeBaseMakerAdapter), noCaller());
        _lpVault(shb);
        check("SpotHedgeBaseMaker.sol", "SpotHedgeBaseMaker", address(shb));
    }

    function test_T19_SpotHedgeQuoteMaker() public {
        open("announceDeleverage");
        open("closeHedgeGap");
        open("deleverage");
        open("rebalance");
        _lockedSteps();
        bytes4 notAdapter = ISpotHedgeVault.NotAdapter.selector;
        guarded("paySpotSwap", notAdapter, abi.encode(d.spotHedgeBaseMakerAdapter), noCaller());
        guarded("sellHeld", NotSelf.selector, noCaller());
        _owner("setQuoteRules");
        _owner("setHedgeGapRules");
        _lpVault(d.spotHedgeQuoteMaker);
        check("SpotHedgeQuoteMaker.sol", "SpotHedgeQuoteMaker", address(d.spotHedgeQuoteMaker));
    }

    /// @dev Claims and cancellations are open to call, and pay only the controller or its operator: see
    /// LpRequestVault.t.sol.
    function test_T19_LpRequestVault() public {
        bytes4 notOperator = ILpClaimErrors.NotOperator.selector;
        bytes memory claim = abi.encode(1, alice, alice);
        // The short forms claim for the caller.
        open("deposit");
        open("mint");
        open("requestDeposit");
        open("requestRedeem");
        open("requestRedeemInAsset");
        open("setOperator");
        open("settle");
        open("noteOrderTimes");
        open("noteDepositCap");
        // Transfers to the controller only.
        open("pushReturned");
        guarded("onVaultLock", NotVault.selector, abi.encode(vault), only(address(vault)));
        guarded("claimCancelDepositRequest", notOperator, abi.encode(alice), "", only(alice), claim);
        guarded("claimCancelRedeemRequest", notOperator, abi.encode(alice), "", only(alice), claim);
        guarded("redeem", notOperator, abi.encode(alice), "", only(alice), claim);
        guarded("withdraw", notOperator, abi.encode(alice), "", only(alice), claim);
        guarded("cancelDepositRequest", notOperator, abi.encode(alice), "", only(alice), abi.encode(1, alice));
        guarded("cancelRedeemRequest", notOperator, abi.encode(alice), "", only(alice), abi.encode(1, alice));
        _owner("setRules");
        _owner("setGateways");
        _ownership(d.oracleMakerRequestVault);
        check("LpRequestVault.sol", "LpRequestVault", address(d.oracleMakerRequestVault));
    }

    /// @dev Requests for the owner of the tokens or its operator, claims for the controller or its operator.
    function test_T19_LpAggregateVault() public {
        DeployAggregateVault script = DeployAggregateVault(deployCode("AggregateVault.s.sol:DeployAggregateVault"));
        LpAggregateVault aggregate = script.deploy(omRequests, owner());
        bytes4 notOperator = ILpClaimErrors.NotOperator.selector;
        bytes memory three = abi.encode(1, alice, alice);
        open("deposit");
        open("mint");
        open("setOperator");
        open("prepay");
        open("withdrawPrepaid");
        open("fundFloat");
        // Transfers to the controller only.
        open("pushReturned");
        guarded("requestDeposit", notOperator, abi.encode(alice), "", only(alice), three);
        guarded("requestRedeem", notOperator, abi.encode(alice), "", only(alice), three);
        guarded("requestRedeemInKind", notOperator, abi.encode(alice), "", only(alice), three);
        guarded("claimCancelDepositRequest", notOperator, abi.encode(alice), "", only(alice), three);
        guarded("claimCancelRedeemRequest", notOperator, abi.encode(alice), "", only(alice), three);
        guarded("redeem", notOperator, abi.encode(alice), "", only(alice), three);
        guarded("withdraw", notOperator, abi.encode(alice), "", only(alice), three);
        guarded("cancelDepositRequest", notOperator, abi.encode(alice), "", only(alice), abi.encode(0, alice));
        guarded("cancelRedeemRequest", notOperator, abi.encode(alice), "", only(alice), abi.encode(0, alice));
        _owner("setEtherPrice");
        _owner("withdrawFloat");
        _owner("collect");
        _ownership(aggregate);
        check("LpAggregateVault.sol", "LpAggregateVault", address(aggregate));
    }

    function test_T19_UniswapV3Adapter() public {
        open("swap");
        guarded("uniswapV3SwapCallback", ISpotAdapter.NotThePool.selector, abi.encode(spot.pool()), noCaller());
        check("UniswapV3Adapter.sol", "UniswapV3Adapter", address(d.spotHedgeBaseMakerAdapter));
    }

    function test_T19_UniswapV4Adapter() public {
        UniswapV4Venue venue = new UniswapV4Venue();
        address[] memory path = new address[](2);
        (path[0], path[1]) = (address(weth), address(usd));
        venue.createPool(path[0], path[1], 1 << 96);
        ISpotAdapter adapter = venue.adapterFor(path);
        open("swap");
        guarded("unlockCallback", ISpotAdapter.NotThePool.selector, abi.encode(venue.manager()), noCaller());
        check("UniswapV4Adapter.sol", "UniswapV4Adapter", address(adapter));
    }

    /// @dev Guarded view functions are not among those of an ABI that change state.
    function test_T19_GuardedViews() public {
        address[3] memory callers = [stranger, guardian, owner()];
        bytes[3] memory calls = [
            abi.encodeCall(IMaker.fillOrderCallback, (abi.encode(1, 1))),
            abi.encodeCall(IMaker.fillOrderCallback, (abi.encode(1, 1))),
            abi.encodeCall(IMaker.onPositionForced, (1, 1, 1))
        ];
        address[3] memory targets = [address(om), address(shb), address(om)];
        for (uint256 i = 0; i < calls.length; ++i) {
            for (uint256 j = 0; j < callers.length; ++j) {
                vm.prank(callers[j]);
                (bool success, bytes memory answer) = targets[i].call(calls[i]);
                assertFalse(success);
                assertEq(answer, abi.encodeWithSelector(NotClearingHouse.selector, callers[j], house));
            }
            vm.prank(address(house));
            (bool passed,) = targets[i].call(calls[i]);
            assertTrue(passed);
        }
    }

    // -------------------------------------------------------------------------------------------------- parts ----

    function _owner(string memory name) private {
        guarded(name, Ownable.OwnableUnauthorizedAccount.selector, only(owner()));
    }

    function _house(string memory name) private {
        guarded(name, NotClearingHouse.selector, abi.encode(house), only(address(house)));
    }

    /// @dev Callbacks of the Vault, and calls of a hedged vault to itself.
    function _lockedSteps() private {
        guarded("onVaultLock", NotVault.selector, abi.encode(vault), only(address(vault)));
        guarded("payMargin", NotVault.selector, abi.encode(vault), only(address(vault)));
        guarded("payOut", NotSelf.selector, noCaller());
        guarded("takeDeposit", NotSelf.selector, noCaller());
    }

    function _exchange(string memory name) private {
        bytes4 selector = NotClearingHouse.selector;
        guarded(name, selector, abi.encode(house), either(address(house), address(backstop)));
    }

    /// @dev Ownership passes in two steps, and cannot be renounced.
    function _ownership(Ownable2Step target) private {
        _owner("renounceOwnership");
        _transfers(target);
    }

    function _transfers(Ownable2Step target) private {
        address heir = makeAddr("heir");
        vm.prank(owner());
        target.transferOwnership(heir);
        _owner("transferOwnership");
        guarded("acceptOwnership", Ownable.OwnableUnauthorizedAccount.selector, only(heir));
    }

    function _lpVault(ILpModule maker) private {
        open("approve");
        open("permit");
        open("transfer");
        open("transferFrom");
        bytes4 notLp = ILpVault.NotWhitelistLp.selector;
        guarded("deposit", notLp, only(lp));
        guarded("withdraw", notLp, only(lp));
        bytes4 notHouse = NotClearingHouse.selector;
        guarded("fillOrder", notHouse, abi.encode(house), only(address(house)));
        // A view in makers without a hedge.
        if (IMaker(address(maker)).isSpotHedged()) {
            _exchange("onPositionForced");
            _exchange("paySliceClaim");
        }
        _exchange("redeemSlice");
        _owner("endWhitelist");
        _owner("setLpRules");
        _owner("setParameters");
        _owner("setRequestVault");
        _owner("setWhitelistLp");
        address requests = maker.requestVault();
        bytes4 notRequestVault = ILpVault.NotRequestVault.selector;
        guarded("settleDeposit", notRequestVault, abi.encode(requests), only(requests));
        guarded("settleRedeem", notRequestVault, abi.encode(requests), only(requests));
        guarded("takeShares", notRequestVault, abi.encode(requests), only(requests));
        _ownership(Ownable2Step(address(maker)));
    }

    /// @dev A change from active to paused.
    function _pauses(string memory name, bytes memory args) private {
        bytes memory change = abi.encode(MarketStatus.Active, MarketStatus.Paused);
        guarded(name, IMarketAdmin.InvalidStatusChange.selector, "", change, either(owner(), guardian), args);
    }
}
